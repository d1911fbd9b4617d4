extension Script {
  /// Keeps what is marked `data-live` as it would be if the page were fetched anew: when the server says that something changed (of the job
  /// in `data-job`, else of any), at most every three seconds; and every so many seconds where it cannot say so. Only while the page is
  /// looked at: a browser keeps six connections to a server, and hidden pages must not hold them.
  static let live = #"""
    (() => {
      const parts = [...document.querySelectorAll("[data-live][id]")];
      if (parts.length === 0) return;
      const every = Math.min(...parts.map((part) => Number(part.dataset.live) || 60)) * 1000;
      const said = document.getElementById("refreshed");
      const job = parts.map((part) => part.dataset.job).find(Boolean);
      // What the page was made from: what has changed since is heard at once.
      let after = document.getElementById("main")?.dataset.feed ?? "";
      let isBusy = false, source = null, due = 0, last = Date.now();
      const refresh = async () => {
        if (isBusy) return;
        isBusy = true;
        last = Date.now();
        try {
          const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
          if (!answer.ok) throw new Error(String(answer.status));
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          for (const part of parts) {
            const fresh = page.getElementById(part.id);
            // What somebody writes in or has the focus in is left alone.
            if (!fresh || part.contains(document.activeElement) || part.dataset.was === fresh.innerHTML) continue;
            part.dataset.was = fresh.innerHTML;
            const open = [...part.querySelectorAll("details[open][id]")].map((fold) => fold.id);
            part.replaceChildren(...fresh.childNodes);
            for (const id of open) document.getElementById(id)?.setAttribute("open", "");
            part.dispatchEvent(new CustomEvent("fresh", { bubbles: true }));
          }
          if (said) said.textContent = "Up to date.";
        } catch {
          if (said) said.textContent = "The server does not answer; what is shown may be old.";
        }
        isBusy = false;
      };
      const heard = () => {
        due ||= setTimeout(() => { due = 0; if (!document.hidden) refresh(); }, Math.max(0, last + 3000 - Date.now()));
      };
      const listen = () => {
        if (document.hidden) { source?.close(); source = null; return; }
        if (source || !window.EventSource) return;
        source = new EventSource("/api/v1/stream?after=" + encodeURIComponent(after) + (job ? "&job=" + encodeURIComponent(job) : ""));
        const told = ["job", "metrics", "reset"].concat(job ? [] : ["budget"]);
        for (const name of told.concat("hello")) source.addEventListener(name, (event) => {
          after = event.lastEventId || after;
          if (name !== "hello") heard();
        });
      };
      // Where nothing is heard, time goes on all the same: costs and durations do.
      setInterval(() => {
        // What is being computed is no event of any job.
        const isAwaited = parts.some((part) => part.querySelector("[aria-busy=true]"));
        if (!document.hidden && (isAwaited || source?.readyState !== 1 || Date.now() - last > 60000)) refresh();
      }, every);
      document.addEventListener("visibilitychange", () => { listen(); if (!document.hidden) refresh(); });
      addEventListener("pagehide", () => { source?.close(); source = null; });
      addEventListener("pageshow", listen);
      listen();
      document.getElementById("refresh")?.addEventListener("click", (event) => { event.preventDefault(); refresh(); });
    })();

    """#
}
