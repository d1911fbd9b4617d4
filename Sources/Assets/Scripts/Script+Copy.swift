extension Script {
  /// Copies a field's text; where that cannot be done the field can be selected.
  static let copy = #"""
    (() => {
      if (!navigator.clipboard) return;
      const said = document.getElementById("copied");
      for (const button of document.querySelectorAll("button[data-copy]")) {
        const field = document.getElementById(button.dataset.copy);
        if (!field) continue;
        button.hidden = false;
        button.addEventListener("click", async () => {
          try {
            await navigator.clipboard.writeText(field.value);
            if (said) said.textContent = "Copied.";
          } catch {
            field.select();
            if (said) said.textContent = "It cannot be copied from here: it is selected.";
          }
        });
      }
    })();

    """#
}
