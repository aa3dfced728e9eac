// One page, two languages: the buttons show one half and hide the other.
{
  const bar = document.querySelector(".switch");
  const buttons = [...bar.querySelectorAll("button")];
  const show = lang => {
    document.documentElement.lang = lang;
    for (const half of document.querySelectorAll(".half")) {
      half.hidden = half.lang !== lang;
      if (!half.hidden) document.title = half.querySelector("h1").textContent;
    }
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.lang === lang));
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.lang));
  bar.hidden = false;
}
