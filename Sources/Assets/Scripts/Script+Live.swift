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
      // The same thing on the fresh page: where the focus goes, what stays ticked.
      const twin = (root, one) => [...root.querySelectorAll(one.localName)].find((other) =>
        ["id", "name", "value", "href", "aria-label", "form"].every((key) => other.getAttribute(key) === one.getAttribute(key))
        && (!one.matches("button, summary") || other.textContent === one.textContent));
      const isTick = (field) => field.matches("[type=checkbox], [type=radio]");
      // What somebody writes in, wrote, or has opened.
      const isWritten = (part, held) => [...part.querySelectorAll("input, textarea, select")].some((field) =>
        !isTick(field) && (field === held || (field.value !== field.defaultValue && field.localName !== "select")));
      const refresh = async () => {
        if (isBusy) return;
        isBusy = true;
        last = Date.now();
        for (const part of parts) part.ariaBusy = "true";
        try {
          const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
          if (!answer.ok) throw new Error(String(answer.status));
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          for (const part of parts) {
            const fresh = page.getElementById(part.id);
            const held = part.contains(document.activeElement) ? document.activeElement : null;
            if (!fresh || part.dataset.was === fresh.innerHTML || isWritten(part, held)) continue;
            // Nor is the focus lost: where there is nothing like it any more, what is shown stays until it has moved on.
            if (held && !twin(fresh, held)) continue;
            for (const box of part.querySelectorAll("input")) {
              const other = isTick(box) && box.checked !== box.defaultChecked && twin(fresh, box);
              if (other) other.checked = box.checked;
            }
            const next = held && twin(fresh, held);
            part.dataset.was = fresh.innerHTML;
            const open = [...part.querySelectorAll("details[open][id]")].map((fold) => fold.id);
            part.replaceChildren(...fresh.childNodes);
            next?.focus({ preventScroll: true });
            for (const id of open) document.getElementById(id)?.setAttribute("open", "");
            part.dispatchEvent(new CustomEvent("fresh", { bubbles: true }));
          }
          if (said) said.textContent = "Up to date.";
        } catch {
          if (said) said.textContent = "The server does not answer; what is shown may be old.";
        }
        for (const part of parts) part.ariaBusy = null;
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
