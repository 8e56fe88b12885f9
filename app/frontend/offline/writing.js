// What was written, under the names that workers read (app/intake/submission.py, app/intake/consent.py).

const TYPED = ["text", "where", "place", "contact"];

/** What gets sealed. What wasn't given is left out. */
export function reportIn(form) {
  const typed = TYPED.map((name) => [name, valueOf(form, name)]);
  return Object.fromEntries([...typed, ["when", moment(form)]].filter(([, value]) => value));
}

/** The day in French, as the ordinary form stores it (app/public/moments.py), and what else is known of it. */
function moment(form) {
  return [inFrench(form.elements.day.valueAsDate), valueOf(form, "when")].filter(Boolean).join(" ; ");
}

function inFrench(day) {
  if (!day) return "";
  const month = day.toLocaleDateString("fr", { month: "long", timeZone: "UTC" });
  const number = day.getUTCDate();
  return `le ${number === 1 ? "1er" : number} ${month} ${day.getUTCFullYear()}`;
}

function valueOf(form, name) {
  return form.elements[name].value.trim();
}

/** What its writer allows: nothing, unless they ticked it. */
export function consentIn(form) {
  const ticked = new FormData(form);
  return {
    may_ask: ticked.has("may_ask"),
    share_with: ticked.getAll("share_with"),
    with_identity: ticked.has("with_identity"),
  };
}

/** Whether there is anything to send. */
export function hasText(report) {
  return Boolean(report.text);
}
