extension Script {
  /// The estimate beside a form, asked for anew on every keystroke; the button that asks for it without a script is not needed then.
  static let estimate = #"""
    (() => {
      const form = document.querySelector("form[data-estimate]");
      const panel = document.getElementById("estimate");
      if (!form || !panel) return;
      for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
      let timer = 0;
      let asked = 0;
      // What stands in a file is shown once another is chosen; while one types, nothing under the fingers is replaced.
      let isOther = false;
      const ask = async () => {
        const number = ++asked;
        panel.setAttribute("aria-busy", "true");
        try {
          const answer = await fetch(form.dataset.estimate, { method: "POST", body: new URLSearchParams(new FormData(form)) });
          const text = await answer.text();
          // A later keystroke has asked since.
          if (number !== asked) return;
          const page = new DOMParser().parseFromString(text, "text/html");
          const fresh = page.getElementById("estimate");
          if (fresh) panel.replaceChildren(...fresh.childNodes);
          const sum = page.getElementById("sum");
          if (sum) document.getElementById("sum").textContent = sum.textContent;
          if (isOther) {
            const file = page.getElementById("file");
            if (file) document.getElementById("file")?.replaceChildren(...file.childNodes);
            isOther = false;
          }
          const related = page.getElementById("related");
          if (related) document.getElementById("related")?.replaceChildren(...related.childNodes);
        } catch {
          panel.textContent = "The server does not answer.";
        }
        panel.removeAttribute("aria-busy");
      };
      form.addEventListener("input", (event) => {
        if (event.target.id === "training_file") isOther = true;
        clearTimeout(timer);
        timer = setTimeout(ask, 120);
      });
    })();

    """#
}
