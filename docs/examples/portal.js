// 门户与有据：点问题就问；有据答完，在页上记一笔。
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-question]");
  if (button) Youju.ask(button.dataset.question);
});
document.addEventListener("DOMContentLoaded", () => {
  Youju.on("answered", (told) => {
    const last = document.getElementById("last");
    last.textContent = `刚问过：${told.question}（${told.sources.length} 处出处）`;
  });
});
