/* Draws each chart from the page's own table: the first column names, the others are series. What a drawing shows stands in the table too. */
(() => {
  "use strict";

  const read = (table) => {
    const cells = (row) => [...row.cells].map((cell) => cell.dataset.value ?? cell.textContent.trim());
    const heads = [...table.tHead.rows[0].cells].map((cell) => ({ name: cell.textContent.trim(), colour: cell.dataset.colour }));
    const rows = [...table.tBodies[0].rows].map((row) => ({ cells: cells(row), colour: row.dataset.colour }));
    return { heads, rows };
  };

  const draw = (canvas) => {
    const table = document.getElementById(canvas.dataset.table);
    if (!table || !table.tBodies[0]) return;
    Chart.getChart(canvas)?.destroy();
    const style = getComputedStyle(document.documentElement);
    const probe = document.createElement("i");
    document.body.append(probe);
    // Tokens depend on the theme; only an element knows what they come to.
    const ink = (token) => {
      probe.className = "";
      probe.style.color = `var(--${token})`;
      return getComputedStyle(probe).color;
    };
    const { heads, rows } = read(table);
    const kind = canvas.dataset.chart;
    const round = kind === "doughnut";
    const series = heads.slice(1).map((head, index) => ({
      label: head.name,
      data: rows.map((row) => Number(row.cells[index + 1])),
      backgroundColor: round ? rows.map((row) => ink(row.colour ?? "accent")) : ink(head.colour ?? "accent"),
      borderColor: round ? ink("surface") : ink(head.colour ?? "accent"),
      borderWidth: round ? 2 : kind === "line" ? 2 : 0,
      borderRadius: round ? 0 : 4,
      pointRadius: rows.length > 14 ? 0 : 3,
    }));
    Chart.defaults.color = ink("muted");
    Chart.defaults.font.family = style.getPropertyValue("--tblr-body-font-family");
    const axes = { x: { stacked: kind === "stacked", grid: { display: false } }, y: { stacked: kind === "stacked", beginAtZero: true, grid: { color: ink("border") }, ticks: { precision: 0 } } };
    new Chart(canvas, {
      type: kind === "stacked" ? "bar" : kind,
      data: { labels: rows.map((row) => row.cells[0]), datasets: series },
      options: { animation: false, maintainAspectRatio: false, scales: round ? {} : axes, plugins: { legend: { display: round || series.length > 1, position: round ? "right" : "bottom", labels: { boxWidth: 12 } } } },
    });
    probe.remove();
  };

  const all = () => document.querySelectorAll("canvas[data-chart]").forEach(draw);
  all();
  document.addEventListener("htmx:afterSettle", all);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
})();
