// Runs inside the page: what has the keyboard now, and how it shows.
(() => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return {
    name: element === document.body ? '' : element.id || element.textContent.trim(),
    outlineStyle,
    outlineWidth: Number.parseFloat(outlineWidth),
  };
})();
