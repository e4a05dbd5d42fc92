// The seal mark: the rosette that Indelible's own pages show for the same seal. A memory aid, never the check.

const MARK_BANDS = [[79, 14], [57, 11], [38, 7]]; // radius and swing on a canvas of 200 by 200
const MARK_CORNERS = 12;

/** The mark of a root hash as SVG, hidden from screen readers. */
function sealMark(root, label) {
  const digest = sha256(joinBytes(ENCODER.encode("indelible seal mark 1"), root));
  const svg = svgElement("svg", { class: "mark", viewBox: "-100 -100 200 200", "aria-hidden": true, focusable: false });
  const lines = svgElement("g", { fill: "none", stroke: "currentColor", "stroke-width": 0.8, "stroke-linecap": "round" });
  MARK_BANDS.forEach(([radius, swing], i) => lines.append(...markBand(digest.subarray(i * 5, i * 5 + 5), radius, swing)));
  const size = Math.min(14, 90 / label.length);
  svg.append(
    lines,
    svgElement("circle", { class: "hole", r: 26 }),
    svgText(TEXTS.content.seal, { y: -4, "font-size": 11 }),
    svgText(label, { y: 12, "font-size": size, "font-weight": 700 }),
  );
  return svg;
}

function svgElement(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function svgText(text, attributes) {
  const made = svgElement("text", { "text-anchor": "middle", ...attributes });
  made.textContent = text;
  return made;
}

/** One band: a petal turned round to a ring, and the ring drawn several times, each turned a little on. */
function markBand(seed, radius, swing) {
  const petals = 7 + seed[0] % 9, copies = 5 + seed[1] % 3, overtone = 2 + seed[2] % 2;
  const second = swing * (0.15 + seed[3] / 255 * 0.3), shift = seed[4] / 255 * 2 * Math.PI;
  const corners = [];
  for (let step = -1; step <= MARK_CORNERS; step++) {
    const phase = 2 * Math.PI * step / MARK_CORNERS, turn = 2 * Math.PI / petals * step / MARK_CORNERS;
    const reach = radius + swing * Math.sin(phase) + second * Math.sin(overtone * phase + shift);
    corners.push([reach * Math.cos(turn), reach * Math.sin(turn)]);
  }
  const path = smoothPath(corners);
  const turns = Array.from({ length: petals * copies }, (_, i) => 360 / petals * (i % petals + Math.floor(i / petals) / copies));
  return turns.map((degrees) => svgElement("path", { d: path, transform: `rotate(${degrees.toFixed(3)})` }));
}

/** The curve from the middle of the first side to the middle of the last, bent by the corners. */
function smoothPath(corners) {
  const middles = corners.slice(1).map(([x, y], i) => [(x + corners[i][0]) / 2, (y + corners[i][1]) / 2]);
  const bends = middles.slice(1).map(([x, y], i) => {
    const [bendX, bendY] = corners[i + 1];
    return `Q${bendX.toFixed(1)} ${bendY.toFixed(1)} ${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return `M${middles[0].map((one) => one.toFixed(1)).join(" ")}${bends.join("")}`;
}
