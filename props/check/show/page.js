"use strict";
// The story is read from the list that the page shows anyway; whatever is put on
// the page is put there as text, never as mark-up.
(() => {
  const find = (id) => document.getElementById(id);
  const story = find("story");
  const steps = [...story.children].map((item) => ({
    item,
    who: item.querySelector(".who").textContent,
    sentence: item.querySelector(".sentence").textContent,
    changes: [...item.querySelectorAll(".changes > li")].map((change) => ({
      field: change.dataset.field,
      was: change.querySelector(".was").textContent,
      is: change.querySelector(".is").textContent,
      bad: change.querySelector(".is").classList.contains("bad"),
      line: change,
    })),
  }));
  const count = steps.length;
  const loop = Number(story.dataset.loop);
  const loops = loop < count;

  const rows = new Map();
  for (const element of document.querySelectorAll("[data-row]")) {
    rows.set(element.dataset.row, { element, value: element.querySelector("dd"), start: element.querySelector("dd").textContent, bad: element.classList.contains("bad") });
  }
  // states[i] has the fields that are not as in the first state, after i steps.
  const states = [new Map()];
  for (const step of steps) {
    const next = new Map(states[states.length - 1]);
    for (const change of step.changes) next.set(change.field, change);
    states.push(next);
  }

  const text = (tag, className, content) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.textContent = content;
    return element;
  };

  const drawRow = (field, row, at, changed) => {
    const set = states[at].get(field);
    const value = set ? set.is : row.start;
    const children = [text("span", "value", value)];
    if (changed) children.push(text("span", "before unseen", "was " + changed.was));
    row.value.replaceChildren(...children);
    row.element.classList.toggle("changed", Boolean(changed));
    row.element.classList.toggle("rests", value === row.start && !changed);
    row.element.classList.toggle("bad", set ? set.bad : row.bad);
  };

  let at = 0;
  const inLoop = (step) => loops && step > loop;
  // After the last step of a loop comes its first one again.
  const after = (step) => (step < count ? step + 1 : loops ? loop + 1 : step);

  const drawNow = () => {
    const step = steps[at - 1];
    const who = [text("span", "count", step ? `Step ${at} of ${count}` : `Before step 1 of ${count}`)];
    if (step) who.push(text("span", "", step.who));
    if (inLoop(at)) who.push(text("span", "in-loop", `↻ in the loop of steps ${loop + 1} to ${count}`));
    find("who").replaceChildren(...who);
    find("sentence").textContent = step ? step.sentence : "Nothing has happened yet.";
    find("changes").replaceChildren(...(step ? step.changes.map((change) => change.line.cloneNode(true)) : []));
    find("changes").className = "changes";
    const ending = find("ending");
    ending.hidden = at < count;
    ending.replaceChildren(...(at < count ? [] : [...find("end").children].map((part) => part.cloneNode(true))));
    find("now").scrollTop = 0;
  };

  const show = (wanted, follow) => {
    at = Math.min(Math.max(wanted, 0), count);
    const changed = new Map(at > 0 ? steps[at - 1].changes.map((change) => [change.field, change]) : []);
    for (const [field, row] of rows) drawRow(field, row, at, changed.get(field));
    drawNow();
    find("slider").value = String(at);
    find("slider").setAttribute("aria-valuetext", `${at} of ${count}`);
    for (const id of ["first", "back"]) find(id).setAttribute("aria-disabled", String(at === 0));
    find("last").setAttribute("aria-disabled", String(at === count));
    find("next").setAttribute("aria-disabled", String(after(at) === at));
    find("next").textContent = at === count && loops ? "Again" : "Next";
    steps.forEach((step, i) => (i === at - 1 ? step.item.setAttribute("aria-current", "step") : step.item.removeAttribute("aria-current")));
    if (follow && changed.size > 0) rows.get(changed.keys().next().value).element.scrollIntoView({ block: "nearest" });
  };

  const moves = {
    first: () => 0,
    back: () => at - 1,
    next: () => after(at),
    last: () => count,
  };
  for (const id of Object.keys(moves)) find(id).addEventListener("click", () => show(moves[id](), true));
  find("slider").addEventListener("input", (event) => show(Number(event.target.value), false));

  const keys = { ArrowLeft: "back", ArrowRight: "next", Home: "first", End: "last" };
  document.addEventListener("keydown", (event) => {
    const move = keys[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(moves[move](), true);
  });

  const fromAddress = () => {
    const match = /^#step-(\d+)$/.exec(location.hash);
    if (!match) return;
    show(Number(match[1]), false);
    find("player").scrollIntoView();
  };

  // A step in the list is a way to it.
  steps.forEach((step, i) => {
    const button = text("button", "", step.sentence);
    button.type = "button";
    button.addEventListener("click", () => {
      show(i + 1, false);
      find("player").scrollIntoView();
    });
    step.item.querySelector(".sentence").replaceChildren(button);
  });
  if (loops) {
    find("strip").querySelector(".before-loop").style.flexGrow = String(loop);
    find("strip").querySelector(".loop").style.flexGrow = String(count - loop);
    find("strip").hidden = false;
  }
  find("player").hidden = false;
  show(0, false);
  fromAddress();
  addEventListener("hashchange", fromAddress);
})();
