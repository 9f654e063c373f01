// Puppeteer's own browser download is never wanted at install time: the bootstrap finds or installs a browser when one is needed.
module.exports = { skipDownload: true };
