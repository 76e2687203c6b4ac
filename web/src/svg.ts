// Turns SVG text from the API into nodes, and refuses whatever could run, load or style.
// Anything outside the short list below is a bug of the drawing side or an attack.

const ELEMENTS = new Set([
  "svg", "g", "defs", "pattern", "clipPath", "linearGradient", "stop", "rect", "circle", "ellipse",
  "line", "path", "polyline", "polygon", "text", "tspan", "title", "desc", "use", "symbol", "marker",
]); // prettier-ignore

/** Presentation declarations allowed to move from a style attribute to attributes. */
const DECLARATIONS = /^(fill|stroke|stroke-width|stroke-dasharray|opacity|fill-opacity|font-size|font-weight|font-family|text-anchor|letter-spacing|dominant-baseline)$/;

export class SvgRefused extends Error {}

function refuse(what: string): never {
  throw new SvgRefused(what);
}

/** Only references inside the same drawing are allowed. */
function checkReference(name: string, value: string): void {
  const plain = value.replace(/\s+/g, "").toLowerCase();
  if ((name === "href" || name === "xlink:href") && !plain.startsWith("#")) refuse(`${name}=${value}`);
  for (const match of plain.matchAll(/url\(["']?([^"')]*)/g))
    if (!match[1]?.startsWith("#")) refuse(`${name}=${value}`);
  if (plain.includes("javascript:") || plain.includes("@import")) refuse(`${name}=${value}`);
}

/** Style attributes are forbidden by the page's policy: their plain parts become attributes. */
function spreadStyle(element: Element): void {
  const style = element.getAttribute("style");
  if (style === null) return;
  element.removeAttribute("style");
  for (const declaration of style.split(";")) {
    const colon = declaration.indexOf(":");
    const name = declaration.slice(0, Math.max(colon, 0)).trim();
    if (DECLARATIONS.test(name)) element.setAttribute(name, declaration.slice(colon + 1).trim());
  }
}

function checkElement(element: Element): void {
  if (element.namespaceURI !== "http://www.w3.org/2000/svg") refuse(element.nodeName);
  if (!ELEMENTS.has(element.localName)) refuse(element.nodeName);
  for (const attribute of Array.from(element.attributes)) {
    if (/^on/i.test(attribute.localName)) refuse(attribute.name);
    checkReference(attribute.name, attribute.value);
  }
  spreadStyle(element);
}

/** Parses one drawing; throws SvgRefused for anything unexpected. */
export function parseSvg(text: string): SVGSVGElement {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
  const root = parsed.documentElement;
  if (parsed.doctype || root.nodeName === "parsererror" || parsed.querySelector("parsererror"))
    refuse("parsererror");
  if (root.localName !== "svg") refuse(root.nodeName);
  checkElement(root);
  for (const element of Array.from(root.querySelectorAll("*"))) checkElement(element);
  return document.importNode(root, true) as unknown as SVGSVGElement;
}

/** Makes ids of several drawings on one page differ: `a` becomes `<prefix>a`. */
export function prefixIds(svg: SVGSVGElement, prefix: string): void {
  const ids = new Set<string>();
  for (const element of Array.from(svg.querySelectorAll("[id]"))) {
    ids.add(element.id);
    element.id = prefix + element.id;
  }
  if (ids.size === 0) return;
  for (const element of Array.from(svg.querySelectorAll("*")))
    for (const attribute of Array.from(element.attributes)) {
      const value = attribute.value
        .replace(/url\(\s*["']?#([^"')]+)["']?\s*\)/g, (all, id: string) =>
          ids.has(id) ? `url(#${prefix}${id})` : all,
        )
        .replace(/^#(.+)$/, (all, id: string) =>
          /href$/.test(attribute.name) && ids.has(id) ? `#${prefix}${id}` : all,
        );
      if (value !== attribute.value) attribute.value = value;
    }
}
