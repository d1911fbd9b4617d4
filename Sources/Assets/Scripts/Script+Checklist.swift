extension Script {
  /// The last button of a form waits until everything above it is ticked; the server asks for the same.
  static let checklist = #"""
    (() => {
      for (const form of document.querySelectorAll("form[data-checklist]")) {
        const boxes = [...form.querySelectorAll("input[type=checkbox][required]")];
        const button = form.querySelector("button[data-last]");
        const show = () => { if (button) button.disabled = !boxes.every((box) => box.checked); };
        form.addEventListener("change", show);
        show();
      }
    })();

    """#
}
