extension Script {
  /// "/" goes to the box that searches everything, unless somebody is writing.
  static let search = #"""
    // An address names what is asked for, not what is not.
    document.addEventListener("formdata", (event) => {
      if (event.target.method !== "get") return;
      for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
    });
    // In a narrow window filters would stand between the heading and the list.
    if (matchMedia("(max-width: 899px)").matches) for (const fold of document.querySelectorAll("[data-narrow]")) fold.open = false;
    (() => {
      const box = document.getElementById("find");
      if (!box) return;
      document.addEventListener("keydown", (event) => {
        if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
        if (event.target.closest("input, textarea, select, [contenteditable]")) return;
        event.preventDefault();
        const page = document.getElementById("q");
        // In a narrow window the box is in the menu.
        if (!page && box.offsetParent === null) location.hash = "navigation";
        (page || box).focus();
        (page || box).select();
      });
    })();

    """#
}
