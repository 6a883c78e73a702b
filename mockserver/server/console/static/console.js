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
    // Browsers copy only for pages of this machine, or by https.
    if (navigator.clipboard) document.querySelectorAll(".copy[hidden]").forEach((button) => (button.hidden = false));
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
    // A table that is written anew stays where it was scrolled to, and focused.
    let seen = null;
    document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
      const box = detail.target.querySelector(".box");
      seen = box && { id: detail.target.id, left: box.scrollLeft, top: box.scrollTop, focused: document.activeElement === box };
    });
    document.body.addEventListener("htmx:afterSwap", () => {
      settle();
      const box = seen && document.querySelector(`#${seen.id} .box`);
      if (!box) return;
      box.scrollTo(seen.left, seen.top);
      if (seen.focused) box.focus({ preventScroll: true });
      seen = null;
    });
    document.body.addEventListener("change", ({ target }) => target.name === "as" && localStorage.setItem("language", target.value));
    document.body.addEventListener("click", ({ target }) => target.matches(".copy") && copy(target));

    const away = document.getElementById("away");
    const tell = (text) => {
      if (away.textContent !== text) away.textContent = text;
      away.hidden = text === "";
    };
    document.body.addEventListener("htmx:sendError", () => tell("The mock does not answer. Is it still running?"));
    document.body.addEventListener("htmx:responseError", ({ detail }) =>
      tell(`The mock refuses what this page asks (${detail.xhr.status}). Does it want another token?`));
    document.body.addEventListener("htmx:afterOnLoad", ({ detail }) => detail.successful && tell(""));

    setInterval(() => {
      if (document.visibilityState === "visible") document.body.dispatchEvent(new Event("tick"));
    }, 1000);
  });
})();
