// Hiding parts of a picture: rectangles drawn on it with the mouse or a finger become ticked lines of the form.
// Without this the form's number fields do the same.
"use strict";

const SMALLEST = 0.5; // percent of a side: less is a slip of the hand
const SVG = "http://www.w3.org/2000/svg";

function percentAt(surface, event) {
  const box = surface.getBoundingClientRect();
  const within = (value) => Math.min(100, Math.max(0, value));
  return {
    x: within(((event.clientX - box.left) / box.width) * 100),
    y: within(((event.clientY - box.top) / box.height) * 100),
  };
}

function between(start, end) {
  return {
    left: Math.min(start.x, end.x),
    top: Math.min(start.y, end.y),
    width: Math.abs(end.x - start.x),
    height: Math.abs(end.y - start.y),
  };
}

function place(shape, part) {
  shape.setAttribute("x", part.left);
  shape.setAttribute("y", part.top);
  shape.setAttribute("width", part.width);
  shape.setAttribute("height", part.height);
}

function addLine(list, part) {
  const number = list.children.length + 1;
  const line = document.createElement("li");
  const label = document.createElement("label");
  const box = document.createElement("input");
  label.className = "check";
  Object.assign(box, { type: "checkbox", name: "rectangle", checked: true });
  box.value = [part.left, part.top, part.width, part.height].map((side) => side.toFixed(2)).join(";");
  const words = list.dataset.label
    .replace("{number}", number)
    .replace("{left}", Math.round(part.left))
    .replace("{top}", Math.round(part.top));
  label.append(box, ` ${words}`);
  line.append(label);
  list.append(line);
  return box;
}

function connect(surface, form) {
  const list = form.querySelector("[data-hiding-list]");
  let drawing = null;

  function showWhetherTicked(box, shape) {
    box.addEventListener("change", () => shape.classList.toggle("is-shown", !box.checked));
  }

  function stop(keeps) {
    if (!drawing) return;
    const { shape, part } = drawing;
    drawing = null;
    if (keeps && part && part.width >= SMALLEST && part.height >= SMALLEST) {
      showWhetherTicked(addLine(list, part), shape);
    } else {
      shape.remove();
    }
  }

  surface.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || drawing) return;
    event.preventDefault();
    surface.setPointerCapture(event.pointerId);
    const shape = surface.appendChild(document.createElementNS(SVG, "rect"));
    drawing = { shape, start: percentAt(surface, event), part: null };
  });
  surface.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    drawing.part = between(drawing.start, percentAt(surface, event));
    place(drawing.shape, drawing.part);
  });
  surface.addEventListener("pointerup", () => stop(true));
  surface.addEventListener("pointercancel", () => stop(false));
  document.addEventListener("keydown", (event) => event.key === "Escape" && stop(false));

  const boxes = list.querySelectorAll("input");
  surface.querySelectorAll("rect").forEach((shape, at) => boxes[at] && showWhetherTicked(boxes[at], shape));
  form.querySelector("[data-hiding-hint]").hidden = false;
  surface.classList.add("is-drawable");
}

const surface = document.querySelector("[data-hiding]");
const form = document.querySelector("[data-hiding-form]");
if (surface && form) connect(surface, form);
