extension Script {
  /// Times in the viewer's zone; UTC, which the server writes, stays at hand under the pointer.
  static let times = #"""
    (() => {
      const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
      const show = (root) => {
        for (const time of root.querySelectorAll("time[datetime]:not([data-local])")) {
          const date = new Date(time.dateTime);
          if (Number.isNaN(date.getTime())) continue;
          time.dataset.local = "";
          time.title = time.dateTime.replace("T", " ").replace("Z", " UTC");
          time.textContent = format.format(date);
        }
      };
      show(document);
      document.addEventListener("fresh", (event) => show(event.target));
    })();

    """#
}
