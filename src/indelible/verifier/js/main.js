// The beginning: check what is inside this page, show the answer, and answer what the reader asks.

const checkerScript = document.currentScript;

async function begin() {
  const checked = await checkPack(new PageSource(checkerScript));
  const answer = await checkTrusted(checked);
  document.getElementById("result-json").textContent = JSON.stringify(answer, null, 1);
  document.getElementById("technical").hidden = false;
  document.documentElement.dataset.verdict = answer.verdict;
}

begin();
