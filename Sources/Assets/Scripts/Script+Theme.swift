extension Script {
  /// Light or dark as the viewer chose it, before anything is painted; and the button that chooses.
  static let theme = #"""
    (() => {
      const root = document.documentElement;
      const dark = matchMedia("(prefers-color-scheme: dark)");
      const read = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
      const chosen = read();
      if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
      root.classList.add("scripted");
      document.addEventListener("DOMContentLoaded", () => {
        const button = document.getElementById("theme");
        if (!button) return;
        const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
        const say = () => { button.textContent = isDark() ? "Light theme" : "Dark theme"; };
        button.hidden = false;
        say();
        button.addEventListener("click", () => {
          const next = isDark() ? "light" : "dark";
          root.dataset.theme = next;
          try { localStorage.setItem("theme", next); } catch { /* not kept */ }
          say();
        });
        dark.addEventListener("change", say);
      });
    })();

    """#
}
