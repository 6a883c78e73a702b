// What neither HTML, CSS nor htmx does: the remembered theme and language of the code, copying, a tick each second while
// the page is visible, and word of a server that does not answer.
(() => {
  const root = document.documentElement;
  const themes = ["auto", "light", "dark"];
  const remembered = () => (themes.includes(localStorage.getItem("theme")) ? localStorage.getItem("theme") : "auto");
  const apply = (theme) => {
    if (theme === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", theme);
    document.dispatchEvent(new Event("theme"));
  };
  apply(remembered());

  const settle = () => {
    document.querySelectorAll(".copy[hidden]").forEach((button) => (button.hidden = false));
    const language = document.getElementById(`as-${localStorage.getItem("language")}`);
    if (language) language.checked = true;
  };
  const copy = async (button) => {
    await navigator.clipboard.writeText(button.closest(".snippet, section").querySelector("pre").textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  };

  document.addEventListener("DOMContentLoaded", () => {
    const theme = document.getElementById("theme");
    const say = () => (theme.querySelector("span").textContent = remembered());
    theme.hidden = false;
    say();
    theme.addEventListener("click", () => {
      localStorage.setItem("theme", themes[(themes.indexOf(remembered()) + 1) % themes.length]);
      apply(remembered());
      say();
    });

    settle();
    document.body.addEventListener("htmx:afterSwap", settle);
    document.body.addEventListener("change", ({ target }) => target.name === "as" && localStorage.setItem("language", target.value));
    document.body.addEventListener("click", ({ target }) => target.matches(".copy") && copy(target));

    const away = document.getElementById("away");
    const tell = (text) => {
      if (away.textContent !== text) away.textContent = text;
      away.hidden = text === "";
    };
    document.body.addEventListener("htmx:sendError", () => tell("The mock does not answer. Is it still running?"));
    document.body.addEventListener("htmx:afterOnLoad", () => tell(""));

    setInterval(() => {
      if (document.visibilityState === "visible") document.body.dispatchEvent(new Event("tick"));
    }, 1000);
  });
})();
