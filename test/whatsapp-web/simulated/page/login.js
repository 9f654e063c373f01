/** The login, kept in the profile's IndexedDB as the real page keeps its own: it survives a kill at any moment. */
const NAME = 'simulated-whatsapp';

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('login');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inStore(mode, work) {
  const database = await open();
  const transaction = database.transaction('login', mode, { durability: 'strict' });
  const request = work(transaction.objectStore('login'));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onerror = () => reject(transaction.error);
  });
  database.close();
  return request.result;
}

export const readDevice = () => inStore('readonly', (store) => store.get('device'));
export const keepDevice = (device) => inStore('readwrite', (store) => store.put(device, 'device'));
export const forgetDevice = () => inStore('readwrite', (store) => store.clear());
