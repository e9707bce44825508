/// The fixed parts of the report as a page.
enum HTMLPage {
    /// Everything before the report's own words. The policy lets the page fetch nothing from anywhere.
    static let start: StaticString = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
        <title>ZeroTrace match report</title>
        <style>
        :root { color-scheme: light dark; --text: #1b2027; --dim: #56606d; --back: #fff; --band: #f4f6f8; --line: #d5dae0; --link: #0a58b8;
          --critical: #a3123a; --high: #b3400a; --medium: #7a5b00; --low: #22618c; --other: #56606d; }
        @media (prefers-color-scheme: dark) { :root { --text: #e4e8ed; --dim: #a0aab6; --back: #14181d; --band: #1c2229; --line: #333c46; --link: #7db8f5;
          --critical: #ff7d98; --high: #ff9d66; --medium: #e7c14f; --low: #79bbe8; --other: #a0aab6; } }
        body { margin: 0 auto; padding: 1.5rem; max-width: 100rem; color: var(--text); background: var(--back); font: 15px/1.45 system-ui, sans-serif; }
        h1 { font-size: 1.4rem; margin: 0 0 .3rem; }
        p { margin: .3rem 0; max-width: 75rem; }
        .dim, caption { color: var(--dim); }
        code, .mono { font-family: ui-monospace, "JetBrains Mono", monospace; font-size: .92em; overflow-wrap: anywhere; }
        label { display: inline-block; margin: 1rem 0 .5rem; }
        input { font: inherit; color: inherit; background: var(--band); border: 1px solid var(--line); border-radius: 4px; padding: .3rem .5rem; width: 22rem; max-width: 100%; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        caption { text-align: left; padding: .3rem 0; }
        th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
        th { position: sticky; top: 0; background: var(--back); white-space: nowrap; }
        tbody tr:nth-child(even) { background: var(--band); }
        td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
        th button { all: unset; cursor: pointer; font-weight: 600; }
        th button:focus-visible, a:focus-visible, input:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
        th[aria-sort=ascending] button::after { content: " ↑"; } th[aria-sort=descending] button::after { content: " ↓"; }
        a { color: var(--link); }
        .severity { font-weight: 650; color: var(--other); }
        .severity.critical { color: var(--critical); } .severity.high { color: var(--high); }
        .severity.medium { color: var(--medium); } .severity.low { color: var(--low); }
        .tag { display: inline-block; border: 1px solid currentColor; border-radius: 3px; padding: 0 .3rem; font-size: .85em; white-space: nowrap; }
        .summary { color: var(--dim); font-size: .92em; }
        @media print { input, label { display: none; } th { position: static; } }
        </style>
        </head>
        <body>
        <main>
        <h1>Match report</h1>

        """

    /// Sorting by a column, and showing rows that hold a text; without scripts the table is whole and in its order.
    static let end: StaticString = """
        <script>
        "use strict";
        const table = document.querySelector("table"), body = table.tBodies[0];
        const value = (row, column) => {
          const cell = row.cells[column], key = cell.dataset.key;
          return key === undefined ? cell.textContent.trim().toLowerCase() : Number(key);
        };
        table.querySelectorAll("th").forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
          const next = head.getAttribute("aria-sort") === "descending" ? "ascending" : "descending";
          table.querySelectorAll("th").forEach(other => other.removeAttribute("aria-sort"));
          head.setAttribute("aria-sort", next);
          const sign = next === "ascending" ? 1 : -1;
          const rows = [...body.rows].map(row => [value(row, column), row]);
          rows.sort(([a], [b]) => sign * (typeof a === "number" ? a - b : a.localeCompare(b)));
          body.append(...rows.map(([, row]) => row));
        }));
        const filter = document.getElementById("filter"), count = document.getElementById("count");
        filter.addEventListener("input", () => {
          const wanted = filter.value.trim().toLowerCase();
          let shown = 0;
          for (const row of body.rows) { row.hidden = !row.textContent.toLowerCase().includes(wanted); if (!row.hidden) shown++; }
          count.textContent = shown + " of " + body.rows.length + " shown";
        });
        </script>
        </main>
        </body>
        </html>

        """
}
