extension Script {
  /// Zoom, pan and a crosshair on a chart: each new range is drawn by the server, the values under the pointer stand in the SVG.
  static let curves = #"""
    (() => {
      for (const figure of document.querySelectorAll("figure[data-curve]")) {
        const plot = figure.querySelector(".plot");
        const said = figure.querySelector("output");
        let range = null;
        let isBusy = false;
        let wanted = null;
        const svg = () => plot.querySelector("svg");
        const numbers = (name) => (svg()?.getAttribute(name) || "").split(" ").map(Number);
        const shown = () => numbers("data-x").slice(0, 2);
        const all = () => numbers("data-x-all").slice(0, 2);
        const load = async (from, to) => {
          isBusy = true;
          try {
            const address = new URL(figure.dataset.curve, location.href);
            if (from !== undefined) for (const [key, value] of [["from", from], ["to", to]]) address.searchParams.set(key, value);
            const answer = await fetch(address);
            if (answer.ok) {
              const page = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
              if (page.documentElement.localName === "svg") plot.replaceChildren(document.importNode(page.documentElement, true));
            }
          } catch { /* the next try may do */ }
          isBusy = false;
        };
        const draw = async () => {
          if (isBusy || wanted === null) return;
          range = wanted;
          wanted = null;
          await load(...range);
          draw();
        };
        const show = (from, to) => {
          const [least, most] = all();
          const width = Math.min(Math.max(to - from, 2), most - least);
          const start = Math.min(Math.max(from, least), most - width);
          wanted = [start, start + width];
          draw();
        };
        const now = () => wanted || range || shown();
        const zoom = (factor, at) => { const [from, to] = now(); const x = at ?? (from + to) / 2; show(x - (x - from) * factor, x + (to - x) * factor); };
        const pan = (part) => { const [from, to] = now(); const by = (to - from) * part; show(from + by, to + by); };
        const place = (event) => {
          const box = svg().getBoundingClientRect();
          const view = svg().viewBox.baseVal;
          const [left, , right] = numbers("data-plot");
          const [from, to] = shown();
          const x = ((event.clientX - box.left) / box.width) * view.width;
          return { x, value: from + ((x - left) / (right - left)) * (to - from), inside: x >= left && x <= right };
        };
        const point = (event) => {
          const { x, value, inside } = place(event);
          const [, top, , bottom] = numbers("data-plot");
          svg().querySelector(".cross")?.remove();
          if (!inside) { said.textContent = ""; return; }
          const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
          for (const [key, v] of Object.entries({ x1: x, x2: x, y1: top, y2: bottom, class: "cross l-axis", stroke: "#888" })) line.setAttribute(key, v);
          svg().append(line);
          const parts = [];
          for (const series of svg().querySelectorAll("[data-series]")) {
            const xs = (series.dataset.xs || "").split(" ").map(Number);
            const ys = (series.dataset.ys || "").split(" ").map(Number);
            if (xs.length === 0) continue;
            let nearest = 0;
            for (let i = 1; i < xs.length; i++) if (Math.abs(xs[i] - value) < Math.abs(xs[nearest] - value)) nearest = i;
            parts.push(`${series.dataset.series} ${Number.isFinite(ys[nearest]) ? ys[nearest].toPrecision(4) : "no number"} at step ${Math.round(xs[nearest])}`);
          }
          said.textContent = parts.join("; ");
        };
        let held = null;
        // So long that the page did not wait for it.
        if (!svg()) load();
        // What is measured meanwhile appears, unless somebody looks at a part.
        setInterval(() => { if (!document.hidden && range === null && !held && !isBusy && svg()) load(); }, 15000);
        // Without Ctrl or the focus the wheel scrolls the page, as it does everywhere.
        plot.addEventListener("wheel", (event) => { if (!event.ctrlKey && !plot.contains(document.activeElement)) return; event.preventDefault(); zoom(event.deltaY > 0 ? 1.25 : 0.8, place(event).value); }, { passive: false });
        plot.addEventListener("pointerdown", (event) => { held = { at: event.clientX, range: now() }; plot.setPointerCapture(event.pointerId); });
        plot.addEventListener("pointerup", () => { held = null; });
        plot.addEventListener("pointercancel", () => { held = null; });
        plot.addEventListener("pointermove", (event) => {
          if (!svg()) return;
          if (!held) { point(event); return; }
          const [left, , right] = numbers("data-plot");
          const pixels = (svg().getBoundingClientRect().width * (right - left)) / svg().viewBox.baseVal.width;
          const by = ((held.at - event.clientX) / pixels) * (held.range[1] - held.range[0]);
          show(held.range[0] + by, held.range[1] + by);
        });
        plot.addEventListener("dblclick", () => show(...all()));
        plot.addEventListener("keydown", (event) => {
          const keys = { ArrowLeft: () => pan(-0.2), ArrowRight: () => pan(0.2), "+": () => zoom(0.7), "-": () => zoom(1.4), 0: () => show(...all()) };
          if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
        });
        figure.querySelector("[data-zoom=in]")?.addEventListener("click", () => zoom(0.6));
        figure.querySelector("[data-zoom=out]")?.addEventListener("click", () => zoom(1.6));
        figure.querySelector("[data-zoom=all]")?.addEventListener("click", () => show(...all()));
        for (const tool of figure.querySelectorAll("[data-zoom-tools]")) tool.hidden = false;
      }
    })();

    """#
}
