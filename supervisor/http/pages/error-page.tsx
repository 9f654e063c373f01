import { render } from 'preact-render-to-string';
import { systemClock } from '../../../shared/clock.ts';
import { defaultSettings } from '../../../shared/settings.ts';
import { type ErrorModel, ErrorPage } from '../../../web/pages/error.tsx';
import { assetUrl } from '../assets.ts';

/**
 * A whole HTML page that says what went wrong. It uses no service, so that it can be shown whatever is broken; therefore it
 * carries the product's own name.
 */
export function renderErrorPage(model: ErrorModel): string {
  const context = { appName: defaultSettings.appName, now: systemClock.now(), asset: assetUrl, path: '' };
  return `<!doctype html>${render(<ErrorPage context={context} model={model} />)}`;
}
