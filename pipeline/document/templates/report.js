"use strict";
// Sorting, search and the panel of a figure. Text is only ever set as text, never as markup.
(() => {
  const byId = (id) => document.getElementById(id);
  // Figures share most of their lines, which are kept once; a figure is put together when asked.
  const pool = JSON.parse(byId("figures").textContent);
  const figure = (id) => pool.figures[id] && Object.fromEntries(pool.figures[id].map(
    (numbers, place) => [pool.fields[place], numbers.map((n) => pool.lines[n]).join("\n")]));
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const say = (text) => { byId("said").textContent = text; };

  // The panel.
  const panel = byId("panel");
  const fields = [
    ["definition", "定义"], ["numerator", "分子"], ["denominator", "分母"], ["value", "值"],
    ["scope", "口径"], ["convention", "约定"], ["period", "时期"], ["dims", "所指"],
    ["verdict", "核对结论"], ["claims", "公布的数"],
  ];
  const open = (id) => {
    const one = figure(id);
    if (!one) return;
    byId("panel-title").textContent = one.title;
    byId("panel-printed").textContent = one.printed;
    byId("panel-sql").textContent = one.sql;
    const list = byId("panel-fields");
    list.replaceChildren();
    for (const [key, label] of fields) {
      if (!one[key]) continue;
      const term = document.createElement("dt");
      const text = document.createElement("dd");
      term.textContent = label;
      text.textContent = one[key];
      text.dataset.field = key;
      list.append(term, text);
    }
    panel.showModal();
    panel.scrollTop = 0;
  };
  document.addEventListener("click", (event) => {
    const number = event.target.closest("[data-figure]");
    if (number) {
      event.preventDefault();
      open(number.dataset.figure);
    } else if (event.target === panel) panel.close();
  });
  document.addEventListener("keydown", (event) => {
    // What is called a button answers the space bar too.
    if (event.key !== " " || !event.target.matches("a[data-figure]")) return;
    event.preventDefault();
    open(event.target.dataset.figure);
  });

  // Sorting: a first press puts numbers from the largest, text from the first; a third restores.
  const collator = new Intl.Collator("zh-CN", { numeric: true });
  const value = (cell) => {
    if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
    const text = cell.textContent.replace(/[,%\s†]/g, "");
    return text === "" || Number.isNaN(Number(text)) ? null : Number(text);
  };
  const order = (rows, column, numeric, up) => {
    const keyed = rows.map((row) => {
      const cell = row.cells[column];
      return [numeric ? value(cell) : cell.textContent.trim(), row];
    });
    const turn = up ? 1 : -1;
    return keyed.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      return turn * (numeric ? a - b : collator.compare(a, b));
    }).map(([, row]) => row);
  };
  for (const table of document.querySelectorAll("main table")) {
    const heads = [...table.tHead.rows[0].cells];
    let original = null;
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      // In print Chromium does not repeat a heading that is a button: paper gets plain text.
      const paper = document.createElement("span");
      paper.className = "paper";
      paper.textContent = head.textContent;
      head.replaceChildren(button, paper);
      button.addEventListener("click", () => {
        const body = table.tBodies[0];
        original ??= [...body.rows];
        const numeric = head.dataset.numeric !== undefined;
        const turns = numeric ? ["descending", "ascending"] : ["ascending", "descending"];
        const next = turns[turns.indexOf(head.getAttribute("aria-sort")) + 1] ?? "none";
        for (const other of heads) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", next);
        body.append(...(next === "none" ? original : order(original, column, numeric, next === "ascending")));
        say(`${button.textContent}\uff1a${{ ascending: "升序", descending: "降序", none: "原序" }[next]}`);
      });
    });
  }

  // Search: what does not hold the words is hidden; a table that holds them in rows shows those.
  const sections = [...document.querySelectorAll("main section")].map((element) => ({
    element,
    head: element.querySelector("h2, h3, h4"),
    blocks: [...element.querySelectorAll(".block")],
  }));
  const cache = new WeakMap();
  const textOf = (element) => {
    if (!cache.has(element)) cache.set(element, plain(element.textContent));
    return cache.get(element);
  };
  const showRows = (block, words) => {
    const rows = block.querySelector("tbody")?.rows;
    if (!rows) return;
    const around = [...block.querySelectorAll("figcaption, thead, .note")].map(textOf).join(" ");
    const all = words === "" || around.includes(words);
    for (const row of rows) row.hidden = !all && !textOf(row).includes(words);
  };
  const showHits = (words) => {
    const hits = words === "" ? [] : Object.keys(pool.figures).filter((id) => {
      const one = figure(id);
      return plain([one.title, one.printed, one.dims, one.claims, one.period].join(" ")).includes(words);
    });
    byId("hits").replaceChildren(...hits.slice(0, 30).map((id) => {
      const one = figure(id);
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.figure = id;
      button.textContent = [one.title, one.dims].filter(Boolean).join(" · ") + "\uff1a" + one.printed;
      return button;
    }));
    return hits.length;
  };
  const search = (words) => {
    let found = 0;
    for (const { element, head, blocks } of sections) {
      const whole = words === "" || textOf(head).includes(words);
      let some = whole;
      for (const block of blocks) {
        const shown = whole || textOf(block).includes(words);
        block.hidden = !shown;
        some ||= shown;
        found += shown ? 1 : 0;
        if (shown) showRows(block, whole ? "" : words);
      }
      element.hidden = !some;
    }
    const numbers = showHits(words);
    byId("found").textContent = words === "" ? "" :
      found + numbers === 0 ? "没有找到\uff0c请换一个词" : `正文、表、图 ${found} 处\uff0c数 ${numbers} 个`;
  };
  const query = byId("query");
  let timer = 0;
  query.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search(plain(query.value.trim())), 120);
  });
  byId("search").addEventListener("submit", (event) => event.preventDefault());
  byId("search").hidden = false;
  if (window.matchMedia("(max-width: 60rem)").matches) byId("contents").open = false;
})();
