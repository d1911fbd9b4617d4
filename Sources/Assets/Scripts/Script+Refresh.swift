extension Script {
  /// A form whose answer follows what is typed: fetched as the form itself would be, shown in the part of the page that it names, and kept in the
  /// address, so that it can be shared. Where the answer is still being computed (`aria-busy` in it), it is asked for again until it is there.
  static let refresh = #"""
    (() => {
      for (const form of document.querySelectorAll("form[data-refresh]")) {
        let timer = 0;
        let asked = 0;
        const panel = document.getElementById(form.dataset.refresh);
        const goOn = () => {
          if (panel.querySelector("[aria-busy=true]")) { clearTimeout(timer); timer = setTimeout(ask, 1000); }
        };
        const ask = async () => {
          const number = ++asked;
          const address = new URL(form.action);
          address.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
          panel.setAttribute("aria-busy", "true");
          try {
            const answer = await fetch(address, { headers: { Accept: "text/html" } });
            const text = await answer.text();
            // A later change has asked since.
            if (number !== asked) return;
            const page = new DOMParser().parseFromString(text, "text/html");
            const fresh = page.getElementById(form.dataset.refresh);
            if (fresh) panel.replaceChildren(...fresh.childNodes);
            history.replaceState(null, "", address);
            panel.dispatchEvent(new CustomEvent("fresh", { bubbles: true }));
          } catch { /* the button still sends it */ }
          panel.removeAttribute("aria-busy");
          goOn();
        };
        form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
        goOn();
      }
    })();

    """#
}
