extension Script {
  /// Scoring by keys: 1 to 5 for the scale that is lit, which goes on to the next.
  static let rating = #"""
    (() => {
      const form = document.querySelector("form[data-rating]");
      if (!form) return;
      const scales = [...form.querySelectorAll("fieldset[data-scale]")];
      const half = scales.length / 2;
      const keys = form.querySelector("[data-keys]");
      if (keys) keys.hidden = false;
      let at = 0;
      const light = (index) => {
        at = Math.max(0, Math.min(scales.length - 1, index));
        scales.forEach((scale, i) => scale.toggleAttribute("data-lit", i === at));
        scales[at].scrollIntoView({ block: "nearest" });
      };
      form.addEventListener("focusin", (event) => {
        const index = scales.indexOf(event.target.closest("fieldset[data-scale]"));
        if (index >= 0) light(index);
      });
      document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.target.closest("textarea, select, input:not([type=radio])")) return;
        if (event.key >= "1" && event.key <= "5") {
          const box = scales[at].querySelector(`input[value="${event.key}"]`);
          if (!box) return;
          box.checked = true;
          light(at + 1);
        } else if (event.key === "a" || event.key === "A") light(0);
        else if (event.key === "b" || event.key === "B") light(half);
        else if (event.key === "Backspace") light(at - 1);
        else if (event.key === "Enter" && event.target.tagName !== "BUTTON" && event.target.tagName !== "A") form.requestSubmit();
        else return;
        event.preventDefault();
      });
      light(0);
    })();

    """#
}
