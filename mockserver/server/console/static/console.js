// What HTML, CSS and htmx cannot do: remember the theme and the language of the code, copy text, trigger an update once
// a second while the page is visible, and report that the server does not answer.
(() => {
  const root = document.documentElement;
  const themes = ["auto", "light", "dark"];
  const savedTheme = () => (themes.includes(localStorage.getItem("theme")) ? localStorage.getItem("theme") : "auto");
  const applyTheme = (theme) => {
    if (theme === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", theme);
    document.dispatchEvent(new Event("theme"));
  };
  applyTheme(savedTheme());

  const prepare = () => {
    // Browsers allow copying only for pages of this machine, or over https.
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
    const showTheme = () => (theme.querySelector("span").textContent = savedTheme());
    theme.hidden = false;
    showTheme();
    theme.addEventListener("click", () => {
      localStorage.setItem("theme", themes[(themes.indexOf(savedTheme()) + 1) % themes.length]);
      applyTheme(savedTheme());
      showTheme();
    });

    prepare();
    // A table that is replaced keeps its scroll position and its focus.
    let replaced = null;
    document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
      const box = detail.target.querySelector(".box");
      replaced = box && { id: detail.target.id, left: box.scrollLeft, top: box.scrollTop, focused: document.activeElement === box };
    });
    document.body.addEventListener("htmx:afterSwap", () => {
      prepare();
      const box = replaced && document.querySelector(`#${replaced.id} .box`);
      if (!box) return;
      box.scrollTo(replaced.left, replaced.top);
      if (replaced.focused) box.focus({ preventScroll: true });
      replaced = null;
    });
    document.body.addEventListener("change", ({ target }) => target.name === "as" && localStorage.setItem("language", target.value));
    document.body.addEventListener("click", ({ target }) => target.matches(".copy") && copy(target));

    const connection = document.getElementById("connection");
    const report = (text) => {
      if (connection.textContent !== text) connection.textContent = text;
      connection.hidden = text === "";
    };
    document.body.addEventListener("htmx:sendError", () => report("The mock does not answer. Is it still running?"));
    document.body.addEventListener("htmx:responseError", ({ detail }) =>
      report(`The mock refused a request of this page (${detail.xhr.status}). Does it need another token?`));
    document.body.addEventListener("htmx:afterOnLoad", ({ detail }) => detail.successful && report(""));

    setInterval(() => {
      if (document.visibilityState === "visible") document.body.dispatchEvent(new Event("tick"));
    }, 1000);
  });
})();
