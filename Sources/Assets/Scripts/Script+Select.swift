extension Script {
  /// How many rows are ticked, all at once, and which buttons that allows.
  static let select = #"""
    (() => {
      for (const form of document.querySelectorAll("form[data-select]")) {
        const all = form.querySelector("[data-all]");
        const said = document.querySelector("[data-count]");
        const buttons = [...form.elements].filter((part) => part.matches("button[data-least]"));
        const boxes = () => [...document.querySelectorAll(`input[type=checkbox][form="${form.id}"][name=job], #${form.id} input[name=job]`)];
        const show = () => {
          const ticked = boxes().filter((box) => box.checked).length;
          if (said) said.textContent = ticked === 0 ? "" : `${ticked} selected`;
          for (const button of buttons) {
            button.disabled = ticked < Number(button.dataset.least) || ticked > Number(button.dataset.most || 1e9);
          }
          if (all) { all.checked = ticked > 0 && ticked === boxes().length; all.indeterminate = ticked > 0 && !all.checked; }
        };
        if (all) {
          all.closest("[hidden]")?.removeAttribute("hidden");
          all.addEventListener("change", () => { for (const box of boxes()) box.checked = all.checked; show(); });
        }
        document.addEventListener("change", show);
        document.addEventListener("fresh", show);
        show();
      }
    })();

    """#
}
