extension Script {
  /// Keeps what is marked `data-live` as it would be if the page were fetched anew, every so many seconds while it is looked at.
  static let live = #"""
    (() => {
      const parts = [...document.querySelectorAll("[data-live][id]")];
      if (parts.length === 0) return;
      const every = Math.min(...parts.map((part) => Number(part.dataset.live) || 60)) * 1000;
      const said = document.getElementById("refreshed");
      let isBusy = false;
      const refresh = async () => {
        if (isBusy) return;
        isBusy = true;
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
      setInterval(() => { if (!document.hidden) refresh(); }, every);
      document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
      document.getElementById("refresh")?.addEventListener("click", (event) => { event.preventDefault(); refresh(); });
    })();

    """#
}
