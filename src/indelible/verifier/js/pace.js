// Working in slices, so that the page can be read and scrolled while it checks.

const SLICE_MS = 24;
let sliceBegan = performance.now();

/** Let the browser draw and answer, if the present slice is used up. Costs nothing otherwise. */
function breathe() {
  if (performance.now() - sliceBegan < SLICE_MS) return undefined;
  return rest();
}

/** Let the browser draw and answer now. A message is not held back as timers are in a page behind others. */
function rest() {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      sliceBegan = performance.now();
      resolve();
    };
    channel.port2.postMessage(0);
  });
}
