/* The page on which names are reviewed: keys and buttons become posts, answers become text. Text is set as text only. */
(() => {
  "use strict";
  const ADDRESS = "/_readingroom/names";
  const { element, combobox } = self.readingroomReview;
  const PAUSE = 600;
  const token = document.querySelector('meta[name="readingroom-token"]').content;
  const find = (id) => document.getElementById(id);
  const list = find("waiting");
  const status = find("status");
  let current = null;
  let queue = Promise.resolve();
  let busy = 0;
  let timer = 0;
  let wished = false;

  const rows = () => [...list.querySelectorAll(".item")];
  const is = (row, ...states) => states.some((state) => row.classList.contains(state));
  const isOpen = (row) => !is(row, "done", "gone", "saving");
  const byKey = (key) => (key ? find(`row-${key}`) : null);
  const number = (value) => value.toLocaleString("en");

  const told = (problem) => [problem.message, problem.hint].filter(Boolean).join(" – ");

  const say = (text, bad) => {
    status.textContent = text;
    status.classList.toggle("bad", Boolean(bad));
  };

  /* ---------- where one is */

  const select = (row, focus = true) => {
    if (current) current.removeAttribute("aria-current");
    current = row;
    if (!row) return;
    row.setAttribute("aria-current", "true");
    if (focus) row.focus({ preventScroll: true });
  };

  const go = (step) => {
    const all = rows().filter(isOpen);
    if (!all.length) return;
    const place = all.indexOf(current);
    const next = all[Math.min(all.length - 1, Math.max(0, place < 0 ? 0 : place + step))];
    select(next);
    next.scrollIntoView({ block: "nearest" });
  };

  /* The next open row comes to where the row was, so that its buttons are below the mouse. */
  const advance = (row) => {
    const all = rows();
    const after = all.slice(all.indexOf(row) + 1);
    const next = after.find(isOpen) || all.find((other) => isOpen(other) && !is(other, "skipped"));
    const top = row.getBoundingClientRect().top;
    select(next || null);
    if (next) scrollBy(0, next.getBoundingClientRect().top - top);
    else say("All names on this page are decided.");
  };

  /* Whatever changes above, the row one is at stays where it is on the screen. */
  const keepingPlace = (change) => {
    const anchor = current || document.activeElement;
    const top = anchor.getBoundingClientRect().top;
    change();
    if (anchor.isConnected) scrollBy(0, anchor.getBoundingClientRect().top - top);
  };

  /* ---------- what came of it */

  const fail = (row, problems) => {
    row.classList.remove("saving");
    const lines = problems.flatMap((problem) => [
      element("p", problem.where ? `${problem.where}: ${problem.message}` : problem.message),
      ...(problem.hint ? [element("p", problem.hint, "hint")] : []),
    ]);
    row.querySelector(".problem").replaceChildren(...lines);
  };

  const close = (row, state, text, files) => {
    row.classList.remove("saving", "skipped");
    row.classList.add(state);
    row.querySelector(".problem").replaceChildren();
    const outcome = element("p", "", "outcome");
    outcome.append(element("bdi", text));
    for (const file of files) outcome.append(element("code", file));
    row.querySelectorAll(".merge, .outcome").forEach((old) => old.remove());
    row.append(outcome);
    row.querySelector(".select").checked = false;
  };

  const reopen = (row) => {
    row.classList.remove("done", "gone", "saving", "skipped");
    row.querySelectorAll(".outcome").forEach((old) => old.remove());
  };

  const settle = (result) => {
    const row = byKey(result.row);
    if (result.problems.length) {
      if (row) fail(row, result.problems);
      say(result.problems.map(told).join("; "), true);
      if (row && !(current && is(current, "saving"))) select(row);
    } else if (row) {
      keepingPlace(() => close(row, "done", result.what, result.files));
    }
  };

  const count = (answer) => {
    const all = answer.decided + answer.waiting;
    find("count").textContent = `${number(answer.decided)} of ${number(all)} decided`;
    find("progress").max = Math.max(1, all);
    find("progress").value = answer.decided;
    const undo = find("undo");
    undo.disabled = !answer.last;
    undo.querySelector(".what").replaceChildren(...(answer.last ? [": ", element("bdi", answer.last)] : []));
  };

  /* ---------- to the server, one after the other */

  const send = async (body) => {
    const headers = { "Content-Type": "application/json", "X-Readingroom-Token": token };
    let answer;
    try {
      answer = await fetch(ADDRESS, { method: "POST", headers, body: JSON.stringify(body) });
    } catch {
      throw new Error("The preview does not answer; start it again with: readingroom serve");
    }
    if (answer.status === 403) throw new Error("The preview was started again since: load this page again.");
    const values = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      throw new Error((values.problems || []).map(told).join("; ") || `The preview refused it (${answer.status}).`);
    }
    return values;
  };

  const post = (body, then) => {
    busy += 1;
    queue = queue
      .then(() => send(body))
      .then((answer) => {
        count(answer);
        then(answer);
      })
      .catch((error) => {
        for (const given of body.answers || []) {
          const row = byKey(given.row);
          if (row) fail(row, [{ where: "", message: error.message, hint: "" }]);
        }
        say(error.message, true);
      })
      .finally(() => {
        busy -= 1;
        later();
      });
  };

  const decided = (answer) => {
    answer.results.forEach(settle);
    const good = answer.results.filter((result) => !result.problems.length);
    if (good.length === 1) say(good[0].what + (good[0].files.length ? ` – ${good[0].files.join(", ")}` : ""));
    else if (good.length) say(`${number(good.length)} decisions written.`);
    if (good.length < answer.results.length && answer.results.length > 1) {
      say(`${number(good.length)} written, ${number(answer.results.length - good.length)} not: see the rows.`, true);
    }
    selected();
  };

  const undone = (answer) => {
    const good = answer.results.filter((result) => !result.problems.length);
    const back = good.map((result) => byKey(result.row)).filter(Boolean);
    back.forEach(reopen);
    answer.results.filter((result) => result.problems.length).forEach(settle);
    if (good.length) say(`Taken back: ${good.map((result) => result.what).join("; ")}`);
    if (back.length) {
      select(back[back.length - 1]);
      current.scrollIntoView({ block: "nearest" });
    }
  };

  const undo = () => {
    if (!find("undo").disabled) post({ undo: true }, undone);
  };

  /* ---------- what one may do with a row */

  const value = (row, kind) => {
    const field = row.querySelector(kind);
    return field ? field.value : "";
  };

  const answerOf = (row, action) => {
    const given = { row: row.dataset.row, action };
    if (action === "accept") return { ...given, kind: value(row, ".kind"), name: value(row, ".named") };
    if (["same", "different", "means"].includes(action)) return { ...given, entity: value(row, ".choice") };
    return given;
  };

  const lacksKind = (row, action) => {
    if (action !== "accept" || value(row, ".kind")) return false;
    fail(row, [{ where: "", message: "Choose a kind first.", hint: "" }]);
    return true;
  };

  const act = (row, action, entity) => {
    if (!isOpen(row)) return;
    if (action === "skip") {
      row.classList.add("skipped");
      return advance(row);
    }
    if (action === "merge" && !entity) return mergeBox(row);
    if (lacksKind(row, action)) {
      select(row, false);
      return row.querySelector(".kind").focus();
    }
    row.classList.add("saving");
    post({ answers: [{ ...answerOf(row, action), ...(entity ? { entity } : {}) }] }, decided);
    advance(row);
  };

  const chosen = () => rows().filter((row) => isOpen(row) && row.querySelector(".select").checked);

  const BATCH = { accept: "Accept", reject: "Reject", never: "Never link" };

  const selected = () => {
    const all = chosen();
    for (const button of document.querySelectorAll("[data-batch]")) button.disabled = !all.length;
    document.querySelector('[data-batch="accept"]').textContent = all.length ? `Accept ${number(all.length)} selected` : "Accept selected";
    find("all").checked = wished || (all.length > 0 && all.length === rows().filter(selectable).length);
  };

  const selectable = (row) => isOpen(row) && !row.querySelector(".select").hidden;

  /* Ticked while no name is here, "Select all" speaks of the names that come next. */
  const selectAll = (open, checked) => {
    for (const row of open) row.querySelector(".select").checked = checked;
    selected();
  };

  const decideSelected = (action) => {
    const all = chosen().filter((row) => !lacksKind(row, action));
    if (!all.length) return chosen().length ? say("Choose a kind first for what is selected.", true) : undefined;
    const answers = all.map((row) => answerOf(row, action));
    all.forEach((row) => row.classList.add("saving"));
    say(`${BATCH[action]}: writing ${number(all.length)} decisions…`);
    post({ answers }, decided);
    advance(all[all.length - 1]);
    selected();
  };

  /* ---------- merge into… */

  const mergeBox = (row) => {
    const open = row.querySelector(".merge");
    if (open) return open.querySelector("input").focus();
    const button = row.querySelector('[data-act="merge"]');
    if (!button) return;
    const name = row.querySelector("h3").textContent;
    const merge = element("div", "", "merge");
    const box = element("div", "", "box");
    const input = element("input");
    const options = element("ul", "", "suggestions");
    options.id = `like-${row.dataset.row}`;
    options.hidden = true;
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": options.id,
      "aria-label": `Merge ${name} into`, autocomplete: "off", spellcheck: "false", dir: "auto", maxlength: "200" };
    for (const [key, given] of Object.entries(attributes)) input.setAttribute(key, given);
    options.setAttribute("role", "listbox");
    options.setAttribute("aria-label", "Names");
    const note = element("span", "", "hint");
    note.setAttribute("role", "status");
    const cancel = element("button", "Cancel");
    cancel.type = "button";
    box.append(input, options);
    merge.append(element("span", "Merge into"), box, cancel, note);
    row.querySelector(".acts").after(merge);
    button.setAttribute("aria-expanded", "true");
    const leave = () => {
      merge.remove();
      button.setAttribute("aria-expanded", "false");
      select(row);
    };
    cancel.addEventListener("click", leave);
    combobox({ input, options, note, row: row.dataset.row }, (entity) => {
      leave();
      act(row, "merge", entity);
    }, leave);
    input.value = name;
    select(row, false);
    input.focus();
    input.select();
    input.dispatchEvent(new Event("input"));
  };

  /* ---------- what waits, brought up to date without losing the place */

  const adopt = (fresh) => {
    const waiting = new Set((fresh.dataset.waiting || "").split(" "));
    const stale = (row) => isOpen(row) && !waiting.has(row.dataset.row.slice(0, 8)) && row !== current;
    rows().filter(stale).forEach((row) => close(row, "gone", `${row.querySelector("h3").textContent}: no longer waits as it was shown`, []));
    for (const section of fresh.querySelectorAll(".sort")) {
      const here = list.querySelector(`[data-section="${CSS.escape(section.dataset.section)}"]`);
      if (!here) {
        const brought = document.importNode(section, true);
        brought.querySelectorAll(".item").forEach((row) => byKey(row.dataset.row) && row.remove());
        if (brought.querySelector(".item")) list.append(brought);
        continue;
      }
      here.querySelector("h2 .count").textContent = section.querySelector("h2 .count").textContent;
      for (const row of section.querySelectorAll(".item")) {
        if (!byKey(row.dataset.row)) here.querySelector("ol").append(document.importNode(row, true));
      }
    }
    const empty = list.querySelector(":scope > .empty");
    if (empty && list.querySelector(".item")) empty.remove();
    list.dataset.waiting = fresh.dataset.waiting;
  };

  const refresh = async () => {
    if (busy) return;
    const answer = await fetch(location.href).catch(() => null);
    if (busy || !answer || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("waiting");
    if (!fresh || busy) return;
    keepingPlace(() => adopt(fresh));
    for (const id of ["count", "pager"]) find(id).replaceWith(document.importNode(page.getElementById(id), true));
    for (const name of ["max", "value"]) find("progress")[name] = page.getElementById("progress")[name];
    if (!current || !current.isConnected) select(rows().find(isOpen) || null, document.activeElement === document.body);
    const open = rows().filter(selectable);
    const all = wished && open.length > 0;
    wished = wished && !all;
    if (all) selectAll(open, true);
    else selected();
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE);
  };

  let source = null;
  let version = "";
  const hear = (message) => {
    const state = JSON.parse(message.data);
    if (version && state.version !== version) later();
    version = state.version;
    if (state.problems.length) {
      say(`${state.summary}: ${state.problems[0].where}: ${told(state.problems[0])}`, true);
    }
  };
  const rest = () => {
    if (source) source.close();
    source = null;
  };
  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource("/_readingroom/events");
    source.addEventListener("message", hear);
  };

  /* ---------- mouse and keys */

  const KEYS = { a: "accept", y: "same", d: "different", m: "merge", r: "reject", n: "never", s: "skip" };

  const toggleHelp = () => {
    const keys = find("keys");
    keys.hidden = !keys.hidden;
    find("help").setAttribute("aria-expanded", String(!keys.hidden));
  };

  const tick = (row) => {
    const box = row.querySelector(".select");
    if (box.hidden) return;
    box.checked = !box.checked;
    selected();
  };

  const pressed = (key) => {
    if (key === "?") return toggleHelp() || true;
    if (key === "j") return go(1) || true;
    if (key === "k") return go(-1) || true;
    if (key === "u") return undo() || true;
    const batch = { A: "accept", R: "reject", N: "never" }[key];
    if (batch) return decideSelected(batch) || true;
    if (!current || !isOpen(current)) return false;
    if (key === "x") return tick(current) || true;
    const field = { t: ".kind", e: ".named" }[key];
    if (field) {
      const wanted = current.querySelector(field);
      if (wanted) wanted.focus();
      return Boolean(wanted);
    }
    const button = KEYS[key] && current.querySelector(`[data-act="${key === "y" && current.dataset.sort === "ambiguous" ? "means" : KEYS[key]}"]`);
    if (button) act(current, button.dataset.act);
    return Boolean(button);
  };

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest('input:not([type="checkbox"]), select, textarea');
    if (event.key === "Escape" && field && current) return current.focus();
    if (event.key === "Enter" && field && field.classList.contains("named")) {
      event.preventDefault();
      return act(field.closest(".item"), "accept");
    }
    if (field || event.ctrlKey || event.metaKey || event.altKey || !find("single").checked) return;
    if (pressed(event.key)) event.preventDefault();
  });

  list.addEventListener("click", (event) => {
    const row = event.target.closest(".item");
    if (!row) return;
    const button = event.target.closest("[data-act]");
    if (button) act(row, button.dataset.act);
    else if (isOpen(row) && !event.target.closest("a, input, select, label, button, .merge") && !String(getSelection())) select(row);
  });
  list.addEventListener("focusin", (event) => {
    const row = event.target.closest(".item");
    if (row && row !== current && isOpen(row)) select(row, false);
  });
  list.addEventListener("change", (event) => {
    if (event.target.classList.contains("select")) selected();
    if (event.target.classList.contains("kind")) {
      const row = event.target.closest(".item");
      row.dataset.kind = event.target.value;
      row.querySelector(".problem").replaceChildren();
    }
  });
  find("all").addEventListener("change", (event) => {
    const open = rows().filter(selectable);
    wished = event.target.checked && !open.length;
    selectAll(open, event.target.checked);
  });
  for (const button of document.querySelectorAll("[data-batch]")) {
    button.addEventListener("click", () => decideSelected(button.dataset.batch));
  }
  find("undo").addEventListener("click", undo);
  find("help").addEventListener("click", toggleHelp);
  find("by").addEventListener("change", (event) => post({ by: event.target.value }, (answer) => say(`Decisions are signed ${answer.by || "by nobody"}.`)));
  document.querySelector(".narrow select").addEventListener("change", (event) => event.target.form.requestSubmit());
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", listen);
  listen();
  selected();
  select(rows()[0] || null, false);
})();
