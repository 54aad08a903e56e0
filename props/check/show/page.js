"use strict";
// The story is read from the list that the page shows anyway; whatever is put on
// the page is put there as text, never as mark-up.
(() => {
  const find = (id) => document.getElementById(id);
  const story = find("story");
  const steps = [...story.children].map((item) => ({
    item,
    who: item.querySelector(".who").textContent,
    sentence: item.querySelector(".sentence > a"),
    remarks: item.querySelector(".remarks"),
    log: item.querySelector(".log"),
    beside: item.querySelector("details.else"),
    decides: item.classList.contains("decides"),
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
  const since = Number(find("stage").dataset.since);

  const rows = new Map();
  for (const element of document.querySelectorAll("[data-row]")) {
    rows.set(element.dataset.row, { element, value: element.querySelector("dd"), start: element.querySelector("dd").textContent, bad: element.classList.contains("bad"), offends: element.classList.contains("offends") });
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
  const copies = (nodes) => [...nodes].map((node) => node.cloneNode(true));

  const drawRow = (field, row, at, changed) => {
    const set = states[at].get(field);
    const value = set ? set.is : row.start;
    const offends = row.offends && at >= since && count > 0;
    const children = [text("span", "value", value)];
    if (changed) children.push(text("span", "before unseen", "was " + changed.was));
    if (offends) children.push(text("span", "unseen", "what is wrong at the end is about this"));
    row.value.replaceChildren(...children);
    row.element.classList.toggle("changed", Boolean(changed));
    row.element.classList.toggle("offends", offends);
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
    find("sentence").replaceChildren(...(step ? copies(step.sentence.childNodes) : ["Nothing has happened yet."]));
    find("notes").replaceChildren(...(step ? copies([step.remarks, step.log].filter(Boolean)) : []));
    find("changes").replaceChildren(...(step ? step.changes.map((change) => change.line.cloneNode(true)) : []));
    find("changes").className = "changes";
    const ending = find("ending");
    ending.hidden = at < count;
    ending.replaceChildren(...(at < count ? [] : copies(find("end").children)));
    find("now").scrollTop = 0;
    const beside = at < count ? steps[at].beside : find("beyond").querySelector("details");
    const open = find("else").querySelector("details")?.open;
    find("else").hidden = !beside;
    find("else").replaceChildren(...(beside ? copies([beside]) : []));
    if (beside) {
      const others = beside.querySelectorAll("li").length;
      const would = beside.querySelector(".avoids") ? ", one of which would still avoid the end" : "";
      find("else").querySelector("summary").textContent =
        (at < count ? `Instead of step ${at + 1}: ${others} other ${others === 1 ? "step is" : "steps are"} possible` : `${others} more ${others === 1 ? "step is" : "steps are"} possible`) + would;
      find("else").querySelector("details").open = Boolean(open);
    }
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
    for (const element of document.querySelectorAll("#story > [aria-current], #sequence [aria-current]")) element.removeAttribute("aria-current");
    if (at > 0) steps[at - 1].item.setAttribute("aria-current", "step");
    document.querySelector(`#sequence [href="#step-${at}"]`)?.setAttribute("aria-current", "step");
    if (follow && changed.size > 0) rows.get(changed.keys().next().value).element.scrollIntoView({ block: "nearest" });
  };

  // The address names the step at hand. A browser refuses to hear it all the time.
  let late;
  const settle = () => {
    if (late) history.replaceState(null, "", `#step-${at}`);
    clearTimeout(late);
    late = undefined;
  };
  const move = (wanted, follow) => {
    show(wanted, follow);
    clearTimeout(late);
    late = setTimeout(settle, 300);
  };

  const moves = {
    first: () => 0,
    back: () => at - 1,
    next: () => after(at),
    last: () => count,
  };
  for (const id of Object.keys(moves)) find(id).addEventListener("click", () => move(moves[id](), true));
  find("slider").addEventListener("input", (event) => move(Number(event.target.value), false));

  const keys = { ArrowLeft: "back", ArrowRight: "next", Home: "first", End: "last" };
  document.addEventListener("keydown", (event) => {
    const id = keys[event.key];
    if (!id || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    move(moves[id](), true);
  });

  const fromAddress = () => {
    const match = /^#step-(\d+)$/.exec(location.hash);
    if (match) find("player").scrollIntoView();
    show(match ? Number(match[1]) : 0, Boolean(match));
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#step-'], svg a");
    if (!link || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    settle();
    if (link.getAttribute("href") !== location.hash) history.pushState(null, "", link.getAttribute("href"));
    fromAddress();
  });
  addEventListener("popstate", () => {
    clearTimeout(late);
    late = undefined;
    fromAddress();
  });

  // Above the slider's end of the bar: the steps that something is remarked about.
  steps.forEach((step, i) => {
    if (!step.remarks) return;
    const mark = text("a", step.decides ? "decides" : "", step.decides ? "◆" : "⚠");
    mark.href = `#step-${i + 1}`;
    mark.title = `Step ${i + 1}: ${[...step.remarks.children].map((remark) => remark.textContent).join("; ")}`;
    mark.setAttribute("aria-label", mark.title);
    mark.style.left = `${(100 * (i + 1)) / count}%`;
    find("marks").append(mark);
  });
  for (const button of document.querySelectorAll(".copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.previousElementSibling.textContent);
      button.textContent = "Copied";
    });
  }
  // The address of a step means the player, not the list.
  for (const step of steps) step.item.removeAttribute("id");
  if (loops) {
    find("strip").querySelector(".before-loop").style.flexGrow = String(loop);
    find("strip").querySelector(".loop").style.flexGrow = String(count - loop);
    find("strip").hidden = false;
  }
  find("player").hidden = false;
  fromAddress();
})();
