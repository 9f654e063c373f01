/** What a browser would send of a form that nobody has touched: each field by its name. */
export function formOf(html: string, formId: string): Record<string, string> {
  const form = new RegExp(`<form[^>]*id="${formId}"[^>]*>(.*?)</form>`, 's').exec(html)?.[1];
  if (form === undefined) throw new Error(`there is no form ${formId}`);
  const sent: Record<string, string> = {};
  const fields = /<input([^>]*)>|<textarea([^>]*)>(.*?)<\/textarea>|<select([^>]*)>(.*?)<\/select>/gs;
  for (const [, input, textarea, text, select, options] of form.matchAll(fields)) {
    const attributes = input ?? textarea ?? select ?? '';
    const name = attribute(attributes, 'name');
    if (name === undefined) continue;
    if (text !== undefined) sent[name] = plain(text);
    else if (options !== undefined)
      sent[name] = attribute(/<option([^>]*\sselected[^>]*)>/.exec(options)?.[1] ?? '', 'value') ?? '';
    else if (!/type="(?:checkbox|radio)"/.test(attributes) || /\schecked/.test(attributes))
      sent[name] = attribute(attributes, 'value') ?? (/type="checkbox"/.test(attributes) ? 'on' : '');
  }
  return sent;
}

function attribute(attributes: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1];
  return value === undefined ? undefined : plain(value);
}

const plain = (escaped: string): string =>
  escaped.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
