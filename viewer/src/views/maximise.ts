/** Makes the panel that is pointed at, or that has the focus, as large as the page; once more, and it is as it was. */
export function toggleLarge(): void {
  const large = document.querySelector('.panel.is-large');
  if (large !== null) {
    large.classList.remove('is-large');
    return;
  }
  const panels = '.panel:not(.scrubber)';
  const panel =
    document.activeElement?.closest(panels) ??
    document.querySelector(`${panels}:hover`) ??
    document.querySelector('.panel.movie');
  panel?.classList.add('is-large');
}
