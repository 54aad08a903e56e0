"use strict";
// Whatever comes from the model is put on the page as text, never as mark-up.
(() => {
  const find = (id) => document.getElementById(id);
  const make = (tag, properties, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties ?? {})) {
      if (name === "class") element.className = value;
      else if (name.startsWith("aria-") || name.startsWith("data-") || name === "role" || name === "scope") element.setAttribute(name, value);
      else element[name] = value;
    }
    element.append(...children.filter((child) => child !== "" && child !== null && child !== undefined));
    return element;
  };
  const draw = (name, attributes, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const number = (n) => n.toLocaleString("en");
  const counted = (n, one, many) => `${number(n)} ${n === 1 ? one : many}`;
  // The words of a sentence, those of the glossary with what they mean.
  const told = (words) => (words ?? []).map((word) => (word.Means ? make("abbr", { title: word.Means }, word.Text) : word.Text));
  const plain = (words) => (words ?? []).map((word) => word.Text).join("");

  // Asking. An answer that takes long is asked for again, and the page says meanwhile that the work goes on. What is asked
  // under the same name later makes an earlier question void.
  const questions = new Map();
  let busy = 0;
  const working = (more) => {
    busy += more;
    find("working").hidden = busy === 0;
    document.body.setAttribute("aria-busy", String(busy > 0));
  };
  const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
  const ask = async (name, body, as = name) => {
    const question = {};
    questions.set(as, question);
    let late = false;
    const timer = setTimeout(() => { late = true; working(1); }, 100);
    try {
      for (let wait = 50; ; wait = Math.min(2 * wait, 1000)) {
        const response = await fetch(`api/${name}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
        if (questions.get(as) !== question) return null;
        if (response.status === 202 || response.status === 503) {
          await pause(wait);
          if (questions.get(as) !== question) return null;
          continue;
        }
        if (response.status !== 200) throw new Error(await response.text());
        const answer = await response.json();
        if (answer.Error) throw new Error(answer.Error);
        return answer;
      }
    } catch (error) {
      if (error instanceof TypeError) throw new Error("The program that answers here has ended. Start it again to go on.");
      throw error;
    } finally {
      clearTimeout(timer);
      if (late) working(-1);
    }
  };
  const trouble = (text) => {
    find("trouble").textContent = text;
    find("trouble").hidden = !text;
  };
  // Runs what may fail, and says so.
  const attempt = (what) => what().catch((error) => trouble(error.message));

  // The place is in the address: a path, and how far along it.
  let place = { Initial: 0, Steps: [], At: 0, Property: "" };
  let about = [], pair = null, filter = "", from = 0;
  const fragment = (p) => {
    const parts = new URLSearchParams();
    if (p.Initial) parts.append("from", p.Initial);
    parts.append("at", p.At);
    if (p.Property) parts.append("for", p.Property);
    for (const step of p.Steps) parts.append("step", step);
    return `#${parts}`;
  };
  const fromAddress = () => {
    const parts = new URLSearchParams(location.hash.slice(1));
    const count = (name) => Math.max(0, Number.parseInt(parts.get(name) ?? "0", 10) || 0);
    const steps = parts.getAll("step");
    place = { Initial: count("from"), Steps: steps, At: Math.min(parts.has("at") ? count("at") : steps.length, steps.length), Property: parts.get("for") ?? "" };
  };
  const undoable = () => history.state?.moves > 0;
  // A new path can be undone. To go along a path is to stay on it, and a browser refuses to hear of that all the time.
  let late;
  const settle = () => {
    if (late) history.replaceState(history.state, "", fragment(place));
    clearTimeout(late);
    late = undefined;
  };
  const go = (wanted) => {
    settle();
    if (fragment(wanted) === fragment(place)) return;
    place = wanted;
    history.pushState({ moves: (history.state?.moves ?? 0) + 1 }, "", fragment(place));
    show();
  };
  const along = (at) => {
    at = Math.min(Math.max(at, 0), place.Steps.length);
    if (at === place.At) return;
    place = { ...place, At: at };
    clearTimeout(late);
    late = setTimeout(settle, 300);
    show();
  };
  const take = (step) => {
    const next = [...place.Steps.slice(0, place.At), step];
    if (step === place.Steps[place.At]) along(place.At + 1);
    else go({ ...place, Steps: next, At: next.length, Property: "" });
  };

  // What is on the page is of one place, and the person may be on the way to the next.
  let drawnFor = null, showing = Promise.resolve();
  const show = (keep) => (showing = attempt(async () => {
    if (!keep) { filter = ""; from = 0; find("filter").value = ""; }
    const asked = place, answer = await ask("view", { ...place, Filter: filter, From: from });
    if (!answer) return;
    pair = answer;
    drawnFor = asked;
    trouble(pair.Views.map((view) => view.Stopped && (pair.Views.length > 1 ? `${view.Name}: ${view.Stopped}` : view.Stopped)).filter((text, i) => text && pair.Views.length === 1).join(" "));
    drawNow();
    drawSteps();
    drawSides();
    drawStory();
    markChips();
    refresh();
  }));
  // What is open below is drawn anew.
  const refresh = () => {
    if (find("impossible").open) drawStopped();
    if (find("atlas").open) drawMap();
  };

  const drawNow = () => {
    const view = pair.Views[0];
    const count = place.Steps.length, at = place.At, step = pair.Views.map((v) => v.Path[at - 1]).find(Boolean);
    find("who").replaceChildren(make("span", { class: "count" }, at ? `Step ${at} of ${count}` : count ? `Before step 1 of ${count}` : "The beginning"),
      ...(step?.Who ? [make("span", {}, step.Who)] : []), ...(step?.Fault ? [make("span", {}, "a fault")] : []),
      ...(view.Met >= 0 ? [make("span", { class: "in-loop" }, `↻ the same state as after step ${view.Met}`)] : []));
    find("sentence").replaceChildren(...(step ? told(step.Told) : ["Nothing has happened yet. Choose what happens."]));
    find("notes").replaceChildren(...(step?.Remarks ?? []).map((remark) => make("li", {}, remark)));
    find("changes").replaceChildren(...(step?.Changed ?? []).map(drawChange));
    find("slider").max = String(count);
    find("slider").value = String(at);
    find("slider").setAttribute("aria-valuetext", `${at} of ${count}`);
    for (const [id, off] of [["back", at === 0], ["next", at === count], ["undo", !undoable()], ["restart", at === 0 && count === 0]]) find(id).setAttribute("aria-disabled", String(off));
    find("marks").replaceChildren(...longest().flatMap((told, i) => {
      if (!told.Remarks && !told.Broken) return [];
      const mark = make("a", { class: told.Broken ? "decides" : "", href: fragment({ ...place, At: i + 1 }) }, told.Broken ? "✕" : "⚠");
      mark.title = `Step ${i + 1}: ${[...(told.Remarks ?? []), ...(told.Broken ?? [])].join("; ")}`;
      mark.setAttribute("aria-label", mark.title);
      mark.dataset.at = i + 1;
      mark.style.left = `${(100 * (i + 1)) / count}%`;
      return [mark];
    }));
    drawEnding();
    const difference = pair.Difference;
    find("difference").hidden = !difference;
    if (difference) {
      find("difference").replaceChildren(difference.At < 0 ? "No difference so far. " : `${difference.Says} `);
      if (difference.At > 0) find("difference").append(make("a", { href: fragment({ ...place, At: difference.At }), "data-at": difference.At }, `Go to step ${difference.At}`));
    }
  };
  const drawChange = (change) => make("li", { "data-field": change.Field }, change.Place && make("span", { class: "place" }, change.Place), " ",
    make("span", { class: "label" }, change.Label), " ", make("span", { class: "was" }, change.Was), " ", make("span", { class: "arrow" }, "→"), " ",
    make("span", { class: change.Bad ? "is bad" : "is" }, change.Is));

  // What is wrong here, and why. The first is explained at once.
  const drawEnding = () => {
    const list = [];
    pair.Views.forEach((view, side) => {
      const name = pair.Views.length > 1 ? `${view.Name}: ` : "";
      const wrong = view.Broken.filter((one) => !one.Reached), reached = view.Broken.filter((one) => one.Reached);
      if (wrong.length > 0) list.push(drawWrong(side, name, wrong, view));
      if (reached.length > 0) list.push(make("p", { class: "reached-here" }, `${name}Reached here: `, ...reached.flatMap((one, i) => [i ? ", " : "", make("code", { title: one.Says }, one.Name)])));
    });
    find("ending").replaceChildren(...list);
  };
  const drawWrong = (side, name, wrong, view) => {
    const first = wrong[0];
    const text = make("span", {}, first.Says || first.Name);
    const box = make("div", { class: "wrong" }, make("strong", {}, `${name}This is wrong`), text);
    const others = wrong.slice(1);
    if (others.length > 0) box.append(make("details", { class: "else" }, make("summary", {}, `${counted(others.length, "other property is", "other properties are")} violated here`),
      make("ul", {}, ...others.map((one) => make("li", {}, make("code", {}, one.Name), ` ${one.Says}`)))));
    attempt(async () => {
      const why = await ask("why", { ...place, Steps: view.Path.map((step) => step.Ref).slice(0, view.At), At: view.At, Property: first.Name, Side: side }, `why ${side}`);
      if (!why) return;
      if (why.Wrong) text.textContent = why.Wrong;
      if (why.Ending) text.append(make("em", {}, ` ${why.Ending}`));
      if (!why.Decided) return;
      const decided = make("p", { class: "decided" }, why.Decided);
      if (why.Step && why.Step !== place.At) decided.append(" ", make("a", { href: fragment({ ...place, At: why.Step }), "data-at": why.Step }, `Go to step ${why.Step}`));
      text.after(decided);
    });
    return box;
  };

  const drawSteps = () => {
    const choices = new Map();
    pair.Views.forEach((view, side) => {
      for (const choice of view.Steps) choices.set(choice.Ref, { ...(choices.get(choice.Ref) ?? choice), sides: [...(choices.get(choice.Ref)?.sides ?? []), side] });
    });
    const live = pair.Views.filter((view) => !view.Stopped);
    const all = Math.max(...pair.Views.map((view) => view.All)), total = Math.max(...pair.Views.map((view) => view.Total));
    const shown = [...choices.values()];
    const title = find("possible-title");
    title.replaceChildren("What can happen now");
    if (all > 9 || filter) title.append(" ", make("small", {}, filter ? `${number(total)} of ${number(all)} steps` : counted(all, "step", "steps")));
    find("filter").hidden = all <= 9 && !filter;
    find("more").hidden = from + shown.length >= total;
    find("more").textContent = `Show ${number(Math.min(100, total - from - shown.length))} more of ${number(total)}`;
    const items = shown.map((choice, i) => {
      const nth = from + i;
      const key = nth < 9 ? make("kbd", { "aria-hidden": "true" }, String(nth + 1)) : make("span", { class: "number", "aria-hidden": "true" }, "");
      const only = live.length > 1 && choice.sides.length < pair.Views.length ? make("span", { class: "note" }, `≠ only under ${pair.Views[choice.sides[0]].Name}`) : "";
      const breaks = choice.Broken ?? [];
      const button = make("button", { type: "button" }, key, make("span", {}, choice.Who && make("span", { class: "who" }, choice.Who), ...told(choice.Told),
        choice.Environment ? make("span", { class: "note" }, "a user, or a fault") : "", only,
        breaks.length > 0 ? make("span", { class: "note breaks" }, `breaks ${breaks.length > 2 ? `${breaks[0]} and ${breaks.length - 1} more` : breaks.join(", ")}`) : ""));
      if (nth < 9) button.setAttribute("aria-keyshortcuts", String(nth + 1));
      button.addEventListener("click", () => { if (drawnFor === place) take(choice.Ref); });
      return make("li", { class: `${choice.Taken ? "taken" : ""} ${choice.Environment ? "outside" : ""}` }, button);
    });
    if (shown.length === 0) items.push(make("li", { class: "none" }, filter ? "No step has these words." : "Nothing more can happen."));
    else if (live.every((view) => view.AtRest) && !filter) items.push(make("li", { class: "none" }, "The system is at rest: only a user or a fault goes on from here."));
    if (from === 0) find("steps").replaceChildren(...items);
    else find("steps").append(...items);
  };

  const drawSides = () => {
    document.body.classList.toggle("two", pair.Views.length > 1);
    const differs = new Set(pair.Difference?.Fields ?? []);
    find("sides").replaceChildren(...pair.Views.map((view, side) => {
      const changed = new Map(view.Changed.map((change) => [change.Field, change]));
      const row = (one) => {
        const change = changed.get(one.Field), name = about[side].Fields[one.Field];
        const value = make("button", { type: "button", class: "value", title: `Find a state by ${name}` }, one.Value);
        value.setAttribute("aria-label", `${one.Value}. Find a state by ${name}`);
        value.addEventListener("click", () => byField(name, one.Value));
        return make("div", { class: `row${one.Long ? " long" : ""}${one.Bad ? " bad" : ""}${!change && one.Value === about[side].Start[one.Field] ? " rests" : ""}${change ? " changed" : ""}${differs.has(name) ? " differs" : ""}`, "data-row": one.Field },
          make("dt", { class: one.Name ? "" : "unseen" }, one.Name || one.Label), make("dd", {}, value, change ? make("span", { class: "unseen" }, ` was ${change.Was}`) : "", differs.has(name) ? make("span", { class: "unseen" }, " differs") : ""));
      };
      const panel = (one, i) => make("article", { class: "place-panel", "aria-labelledby": `place-${side}-${i}` },
        make("h3", { id: `place-${side}-${i}` }, one.Title, one.Note && make("small", {}, one.Note)),
        make("div", { class: "boxes" }, ...one.Boxes.map((box) => make("section", { class: box.Wide ? "box wide" : "box" }, box.Title && make("h4", {}, box.Title), make("dl", {}, ...box.Rows.map(row))))));
      const section = make("section", { class: "side", "aria-label": pair.Views.length > 1 ? view.Name : "The state" });
      if (pair.Views.length > 1) section.append(make("h3", {}, view.Name));
      if (pair.Views.length > 1 && view.Stopped) section.append(make("p", { class: "stopped" }, `${view.Stopped}. What is shown is after step ${view.At}.`));
      section.append(make("div", { class: "places" }, ...view.Panels.map(panel)));
      return section;
    }));
  };

  // The path as the model tells it that goes furthest along it.
  const longest = () => pair.Views.map((view) => view.Path).reduce((a, b) => (b.length > a.length ? b : a));
  const drawStory = () => {
    const path = longest();
    find("nothing").hidden = path.length > 0;
    find("story").replaceChildren(...path.map((step, i) => {
      const link = make("a", { href: fragment({ ...place, At: i + 1 }), "data-at": i + 1 }, ...told(step.Told));
      const item = make("li", { class: i >= place.At ? "ahead" : "" }, make("p", { class: "told" }, step.Who && make("span", { class: "who" }, step.Who + (step.Fault ? " · fault" : "")), " ", make("span", { class: "sentence" }, link)),
        step.Remarks ? make("ul", { class: "remarks" }, ...step.Remarks.map((remark) => make("li", {}, remark))) : "",
        step.Changed ? make("ul", { class: "changes" }, ...step.Changed.map(drawChange)) : "",
        step.Broken ? make("p", { class: "broken" }, `breaks ${step.Broken.join(", ")}`) : "");
      if (i === place.At - 1) item.setAttribute("aria-current", "step");
      return item;
    }));
  };

  const drawStopped = () => attempt(async () => {
    const lists = [];
    for (let side = 0; side < pair.Views.length; side++) {
      const answer = await ask("impossible", { ...place, Side: side }, `impossible ${side}`);
      if (!answer) return;
      lists.push(answer);
    }
    find("stopped").replaceChildren(...lists.flatMap((list, side) => [
      lists.length > 1 ? make("h3", {}, pair.Views[side].Name) : "",
      list.Silent ? make("p", { class: "hint" }, "This model does not say what stops a step. Give it Rules with Blocked, or Independence with WhyNot.") : "",
      !list.Silent && list.Rules.length === 0 ? make("p", { class: "hint" }, "Every step is possible.") : "",
      ...list.Rules.filter((rule) => !rule.Barred).map((rule) => make("div", { class: "rule" }, make("strong", {}, rule.Name), rule.Possible ? make("span", { class: "hint" }, " for others than those that are possible") : "",
        ...(rule.Guards ?? []).map((guard) => make("div", {}, make("p", { class: "needs" }, `it needs that ${guard.Name}`),
          guard.Steps ? make("ul", {}, ...guard.Steps.map((words) => make("li", {}, ...told(words))), guard.Times > guard.Steps.length ? make("li", {}, `and ${guard.Times - guard.Steps.length} more`) : "") : "")))),
      never(list.Rules.filter((rule) => rule.Barred)),
    ]).filter(Boolean));
  });

  // What is impossible in every state.
  const never = (rules) => rules.length > 0 && make("details", { class: "rule else" }, make("summary", {}, `${counted(rules.length, "rule never applies", "rules never apply")} here`),
    make("ul", {}, ...rules.map((rule) => make("li", {}, make("code", {}, rule.Name), ` needs that ${rule.Barred}`))));

  // The search, with figures as it goes on.
  let searched = [];
  const watch = () => attempt(async () => {
    for (;;) {
      const answer = await ask("search", {});
      if (answer) {
        searched = answer;
        drawFigures();
        drawVerdicts();
        if (find("atlas").open && pair) drawMap();
        if (answer.every((one) => one.Ended)) return;
      }
      await pause(500);
    }
  });
  const drawFigures = () => {
    find("figures").replaceChildren(...searched.map((one, i) => {
      const name = searched.length > 1 ? `${about[i].Name}: ` : "";
      if (one.Failed) return make("p", { class: "violated" }, `${name}${one.Failed}`);
      if (!one.Begun) return make("p", {}, `${name}not explored yet`);
      const states = make("strong", {}, counted(one.States, "state", "states"));
      if (!one.Ended) return make("p", { class: "busy" }, `${name}exploring: `, states, `, ${number(Math.round(one.Rate))} in a second, ${counted(one.Depth, "step", "steps")} deep`);
      return make("p", {}, name, states, one.Stopped ? `, not all: ${one.Stopped}` : ", all there are", `, ${counted(one.Steps, "step", "steps")} between them`);
    }));
  };
  const fewChips = 4;
  let moreChips = false;
  const drawVerdicts = () => {
    const two = searched.length > 1;
    const broken = searched.flatMap((one, side) => one.Verdicts.filter((verdict) => verdict.Outcome === "violated" && verdict.There).map((verdict) => ({ ...verdict, side })));
    const length = (verdict) => `after ${counted(verdict.There.Steps.length, "step", "steps")}`;
    const focus = document.activeElement?.dataset?.jump;
    const chips = broken.slice(0, moreChips ? broken.length : fewChips).map((verdict) => {
      const chip = make("button", { type: "button", title: verdict.Says, "data-jump": `${verdict.side} ${verdict.Name}` }, two ? `${about[verdict.side].Name}: ` : "", verdict.Name, " ", make("span", {}, length(verdict)));
      chip.addEventListener("click", () => go({ ...verdict.There }));
      return chip;
    });
    if (!moreChips && broken.length > fewChips) {
      const more = make("button", { type: "button", "data-jump": "more" }, `${broken.length - fewChips} more`);
      more.addEventListener("click", () => { moreChips = true; drawVerdicts(); });
      chips.push(more);
    }
    const ended = searched.every((one) => one.Ended);
    if (broken.length === 0) chips.push(ended ? (searched[0].Verdicts.length ? "Nothing that was found." : "There are no properties.") : "Nothing so far.");
    find("chips").replaceChildren(...chips);
    if (focus) [...find("chips").children].find((chip) => chip.dataset?.jump === focus)?.focus();
    markChips();
    find("properties").hidden = searched[0].Verdicts.length === 0;
    find("properties").querySelector("summary").textContent = `All ${counted(searched[0].Verdicts.length, "property", "properties")}`;
    const cell = (verdict) => {
      const td = make("td", { class: verdict.Outcome }, verdict.Outcome || "not known yet");
      if (verdict.There) {
        const there = make("button", { type: "button" }, length(verdict));
        there.addEventListener("click", () => go({ ...verdict.There }));
        td.append(" ", there);
      } else if (verdict.Reason) td.append(make("small", {}, ` ${verdict.Reason}`));
      return td;
    };
    find("verdicts").replaceChildren(make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "property"), ...searched.map((one, i) => make("th", { scope: "col" }, two ? about[i].Name : "verdict")))),
      make("tbody", {}, ...searched[0].Verdicts.map((verdict) => make("tr", {}, make("th", { scope: "row" }, make("code", {}, verdict.Name), make("small", {}, verdict.Says)),
        ...searched.map((one) => cell(one.Verdicts.find((other) => other.Name === verdict.Name) ?? verdict)))))));
  };
  const markChips = () => {
    for (const chip of find("chips").children) {
      const on = place.Property && chip.dataset?.jump?.endsWith(` ${place.Property}`);
      if (on) chip.setAttribute("aria-current", "true");
      else chip.removeAttribute?.("aria-current");
    }
  };

  // Find a state.
  const byField = (name, value) => {
    find("finder").open = true;
    const quote = (text) => (/^[^\s"=<>!]+( [^\s"=<>!]+)*$/.test(text) && !/(^| )(and|contains)( |$)/.test(text) ? text : JSON.stringify(text));
    find("condition").value = `${quote(name)} = ${quote(value)}`;
    find("condition").focus();
    find("condition").scrollIntoView({ block: "center" });
    const at = find("condition").value.length;
    find("condition").setSelectionRange(at - quote(value).length, at);
  };
  const say = (id, text, wrong) => {
    find(id).textContent = text;
    find(id).classList.toggle("wrong-input", Boolean(wrong));
  };
  find("find").addEventListener("submit", async (event) => {
    event.preventDefault();
    say("found", "Looking …");
    try {
      const answer = await ask("find", { ...place, Condition: find("condition").value });
      if (!answer) return;
      if (answer.None) return say("found", answer.None);
      if (answer.Steps.length === 0) return say("found", "The state here meets this.");
      say("found", `Found after ${counted(answer.Steps.length, "step", "steps")} from where you were. Undo goes back.`);
      const steps = [...place.Steps.slice(0, place.At), ...answer.Steps];
      go({ ...place, Steps: steps, At: steps.length, Property: "" });
    } catch (error) {
      say("found", error.message, true);
    }
  });

  // Keep the path.
  const keep = async (format) => {
    say("kept", "");
    try {
      const answer = await ask("keep", { ...place, Format: format });
      if (!answer) return;
      const link = make("a", { download: answer.File, href: URL.createObjectURL(new Blob([answer.Text], { type: "text/plain" })) });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      say("kept", `Saved as ${answer.File}.`);
    } catch (error) {
      say("kept", error.message, true);
    }
  };

  // The map: a dot for each state, a column for each level; or a bar for each level.
  const dot = 9, columnWidth = 26;
  let drawn = null, chosen = -1;
  const drawMap = () => attempt(async () => {
    const map = await ask("map", { ...place });
    if (!map) return;
    find("map-says").textContent = map.Large ? "Too many states to draw each: a bar for each number of steps from the beginning, as high as it has states, on a scale of powers of ten."
      : `Each dot is a state, in a column for each number of steps from the beginning. Red: a property is violated. Hollow: at rest. Blue: the path so far. Choose a dot, by mouse or by arrow keys and Enter, to go there by the shortest way.`;
    drawn = map.Large ? null : map;
    chosen = -1;
    find("map").replaceChildren(map.Large ? drawLevels(map) : drawStates(map));
  });
  // By keys: left and right to where a dot was found from and to the next level, up and down in its level.
  const chooseDot = (key) => {
    const nodes = drawn.Nodes, from = chosen < 0 ? drawn.Path?.[drawn.Path.length - 1] ?? 0 : chosen;
    const wanted = {
      ArrowLeft: () => nodes[from].Parent,
      ArrowRight: () => nodes.findIndex((node) => node.Parent === from),
      ArrowUp: () => (nodes[from - 1]?.Level === nodes[from].Level ? from - 1 : -1),
      ArrowDown: () => (nodes[from + 1]?.Level === nodes[from].Level ? from + 1 : -1),
    }[key]();
    if (wanted < 0) return;
    const circles = find("map").querySelectorAll("circle");
    circles[chosen]?.classList.remove("chosen");
    chosen = wanted;
    circles[chosen].classList.add("chosen");
    circles[chosen].scrollIntoView({ block: "nearest", inline: "nearest" });
    find("map-says").textContent = circles[chosen].querySelector("title").textContent + ". Enter goes there.";
  };
  find("map").addEventListener("keydown", (event) => {
    if (!drawn || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "Enter" && chosen >= 0) go(wayTo(drawn, chosen));
    else if (event.key.startsWith("Arrow")) chooseDot(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const drawStates = (map) => {
    const heights = [];
    const at = map.Nodes.map((node) => {
      heights[node.Level] = (heights[node.Level] ?? 0) + 1;
      return { node, row: heights[node.Level] - 1 };
    });
    const highest = Math.max(...heights), wide = highest > 40;
    const rows = Math.min(highest, 40);
    // A level with many states has several columns of dots.
    const columns = heights.map((height) => Math.ceil(height / rows));
    const starts = columns.reduce((list, width) => [...list, list[list.length - 1] + width * dot + (wide ? dot : columnWidth - dot)], [dot]);
    const spot = ({ node, row }) => {
      const height = Math.min(heights[node.Level], rows), column = Math.floor(row / rows);
      return [starts[node.Level] + column * dot, 20 + ((rows - height) * dot) / 2 + (row % rows) * dot];
    };
    const spots = at.map(spot);
    const walked = new Set(map.Path ?? []), here = (map.Path ?? [])[map.Path.length - 1];
    const svg = draw("svg", { width: starts[starts.length - 1] + dot, height: rows * dot + 40, role: "img", "aria-label": `${counted(map.Nodes.length, "state", "states")}, ${counted(heights.length, "level", "levels")}` });
    const line = (a, b, name) => draw("line", { x1: spots[a][0], y1: spots[a][1], x2: spots[b][0], y2: spots[b][1], class: name });
    if ((map.Edges ?? []).length < 1500) for (const [a, b] of map.Edges ?? []) svg.append(line(a, b, ""));
    (map.Path ?? []).slice(1).forEach((to, i) => svg.append(line(map.Path[i], to, "walked")));
    at.forEach(({ node }, i) => {
      const circle = draw("circle", { cx: spots[i][0], cy: spots[i][1], r: i === here ? 5.5 : 3.25, class: [node.AtRest && "rest", node.Broken && "broken", walked.has(i) && "walked", i === here && "here"].filter(Boolean).join(" ") },
        draw("title", {}, `State ${i}, after ${counted(node.Level, "step", "steps")}${node.Broken ? ", violates a property" : ""}${node.AtRest ? ", at rest" : ""}`));
      circle.addEventListener("click", () => go(wayTo(map, i)));
      svg.append(circle);
    });
    heights.forEach((height, level) => {
      if (level % 5 === 0) svg.append(draw("text", { x: starts[level] - 3, y: rows * dot + 36 }, String(level)));
    });
    return svg;
  };
  const wayTo = (map, i) => {
    const steps = [];
    let root = i;
    for (; map.Nodes[root].Parent >= 0; root = map.Nodes[root].Parent) steps.unshift(map.Nodes[root].Step);
    return { Initial: root, Steps: steps, At: steps.length, Property: "" };
  };
  const drawLevels = (map) => {
    const levels = map.Levels ?? [], barWidth = 14, height = 140;
    const most = Math.max(1, ...levels.map((level) => Math.log10(level.States + 1)));
    const svg = draw("svg", { width: Math.max(levels.length * barWidth + 40, 120), height: height + 40, role: "img", "aria-label": `States of ${counted(levels.length, "level", "levels")}` });
    levels.forEach((level, i) => {
      const tall = Math.max(1, (Math.log10(level.States + 1) / most) * height);
      svg.append(draw("rect", { class: "level", x: 10 + i * barWidth, y: 20 + height - tall, width: barWidth - 3, height: tall }, draw("title", {}, `${counted(level.States, "state", "states")} after ${counted(i, "step", "steps")}${level.Broken ? `; here breaks: ${level.Broken.join(", ")}` : ""}`)));
      if (level.Broken) svg.append(draw("text", { class: "broken", x: 11 + i * barWidth, y: 16 + height - tall }, "✕"));
      if (i % 5 === 0) svg.append(draw("text", { x: 10 + i * barWidth, y: height + 36 }, String(i)));
    });
    if (place.At < levels.length) svg.append(draw("line", { class: "here-line", x1: 15 + place.At * barWidth, x2: 15 + place.At * barWidth, y1: 4, y2: height + 22 }));
    return svg;
  };

  // Mouse and keys.
  const press = {
    back: () => along(place.At - 1),
    next: () => along(place.At + 1),
    undo: () => { if (undoable()) { settle(); history.back(); } },
    restart: () => go({ Initial: place.Initial, Steps: [], At: 0, Property: "" }),
    first: () => along(0),
    last: () => along(place.Steps.length),
    keep: () => keep("txtar"),
    test: () => keep("go"),
    save: () => keep(find("format").value),
    link: () => {
      late ??= true; // the address follows at once
      settle();
      navigator.clipboard.writeText(location.href).then(() => say("kept", "The link is copied."), () => say("kept", `The link: ${location.href}`));
    },
    find: () => { find("finder").open = true; find("condition").focus(); find("condition").scrollIntoView({ block: "center" }); },
    jump: () => find("chips").querySelector("button")?.click(),
    map: () => { find("atlas").open = !find("atlas").open; find("atlas").scrollIntoView({ block: "nearest" }); },
    stopped: () => { find("impossible").open = !find("impossible").open; find("impossible").scrollIntoView({ block: "nearest" }); },
  };
  for (const id of ["back", "next", "undo", "restart", "keep", "test", "save", "link"]) find(id).addEventListener("click", () => press[id]());
  const keys = { ArrowLeft: "back", ArrowRight: "next", Home: "first", End: "last", u: "undo", "0": "restart", k: "keep", g: "test", "/": "find", j: "jump", m: "map", n: "stopped" };
  const meanings = [["1 to 9", "take that step"], ["← →", "back and forward along the path"], ["Home End", "the ends of the path"], ["U", "undo: the path before this one"], ["0", "start again"],
    ["J", "jump to where the first property breaks"], ["N", "what cannot happen now, and why"], ["/", "find a state"], ["M", "map"], ["K", "keep the path as a file that is replayed"], ["G", "keep it as a Go test"]];
  // Digits that are typed ahead count in the steps that are shown then.
  let typed = Promise.resolve();
  const type = (digit) => {
    typed = typed.then(() => showing).then(() => find("steps").querySelectorAll("button")[digit - 1]?.click());
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input[type=text], input[type=search], select, textarea");
    if (typing && event.key === "Escape") event.target.blur();
    if (typing || event.altKey || event.ctrlKey || event.metaKey) return;
    const inSlider = event.target.id === "slider" && event.key.startsWith("Arrow");
    const id = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (/^[1-9]$/.test(event.key)) type(Number(event.key));
    else if (id && !inSlider) press[id]();
    else return;
    event.preventDefault();
  });
  find("slider").addEventListener("input", (event) => along(Number(event.target.value)));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-at]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    along(Number(link.dataset.at));
  });
  let filtering;
  find("filter").addEventListener("input", () => {
    clearTimeout(filtering);
    filtering = setTimeout(() => { filter = find("filter").value; from = 0; show(true); }, 150);
  });
  find("more").addEventListener("click", () => { from += 100; show(true); });
  for (const [id, fill] of [["impossible", () => drawStopped()], ["atlas", () => drawMap()]]) find(id).addEventListener("toggle", () => { if (find(id).open && pair) fill(); });
  addEventListener("popstate", () => {
    clearTimeout(late);
    late = undefined;
    fromAddress();
    show();
  });

  attempt(async () => {
    about = await ask("about", {});
    const items = about.map((one) => (one.Items ?? []).map((item) => `${item.Label} ${item.Value}`).join(", "));
    find("about").textContent = ["Explorer", [...new Set(items)].filter(Boolean).join(" beside ")].filter(Boolean).join(" · ");
    find("title").textContent = about[0].Title || about[0].Name || "A model";
    document.title = `${find("title").textContent}: explorer`;
    find("fields").replaceChildren(...[...new Set(about.flatMap((one) => one.Fields ?? []))].map((name) => make("option", { value: `${name} = ` })));
    find("format").replaceChildren(...about[0].Formats.map((name) => make("option", {}, name)));
    find("keys").replaceChildren(...meanings.map(([key, meaning]) => make("div", {}, make("dt", {}, key), make("dd", {}, meaning))));
    find("glossary").replaceChildren(...(about[0].Glossary ?? []).map((item) => make("div", {}, make("dt", {}, item.Label), make("dd", {}, item.Value))));
    fromAddress();
    await show();
    watch();
  });
})();
