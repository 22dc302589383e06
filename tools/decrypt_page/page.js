// What decrypt.html does: unwrap the key, decrypt the payload, check what was inside, offer it to save.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Decrypter } from "age-encryption";

const HEAD = 4096;
const BLOCK = 512;
const LIST = "hashes.json";
const AGAIN = "Do not use it; ask for the release again.";
const at = (id) => document.getElementById(id);
const chosen = { payload: null, sealedKey: null, keys: [] };

class Refused extends Error {}

at("files").addEventListener("change", async () => {
  at("result").hidden = true;
  Object.assign(chosen, { payload: null, sealedKey: null, keys: [] });
  const names = [];
  try {
    for (const file of at("files").files) {
      await sort(file);
      names.push(file.name);
    }
    say("");
  } catch (error) {
    fail(error);
  }
  at("chosen").textContent = names.length ? `Chosen: ${names.join(", ")}` : "Nothing is chosen yet.";
  at("with-words").hidden = !chosen.sealedKey;
  at("with-file").hidden = !chosen.keys.length;
  at("with-key").hidden = !chosen.payload || Boolean(chosen.sealedKey) || chosen.keys.length > 0;
  at("with-nothing").hidden = Boolean(chosen.payload || chosen.sealedKey || chosen.keys.length);
});

at("show").addEventListener("change", () => {
  at("words").type = at("show").checked ? "text" : "password";
});

at("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("result").hidden = true;
  at("open").disabled = true;
  say("Opening. A passphrase takes some seconds on purpose: that makes it hard to guess.");
  await new Promise((resume) => setTimeout(resume, 50)); // so that the sentence is drawn
  try {
    offer(await open());
  } catch (error) {
    fail(error);
  }
  at("open").disabled = false;
});

/** Tell by its content what a chosen file is; people rename files. */
async function sort(file) {
  const head = new TextDecoder().decode(await file.slice(0, HEAD).arrayBuffer());
  if (head.startsWith("age-encryption.org/v1\n-> scrypt ")) chosen.sealedKey = file;
  else if (head.startsWith("age-encryption.org/v1\n")) chosen.payload = file;
  else if (head.includes("AGE-SECRET-KEY-1")) chosen.keys.push(...head.match(/AGE-SECRET-KEY-1\w+/g));
  else if (file.name.endsWith(".age")) throw new Refused(`“${file.name}” is damaged: it does not begin as a sealed file does. ${AGAIN}`);
  else throw new Refused(`“${file.name}” is not needed here. Choose payload.tar.age and, if the folder has it, identity.age.`);
}

async function open() {
  if (!chosen.payload) throw new Refused("Choose the file payload.tar.age first.");
  const decrypter = new Decrypter();
  for (const key of await keys()) {
    try {
      decrypter.addIdentity(key);
    } catch {
      throw new Refused("The private key is damaged: a letter is missing or wrong. Copy the whole line once more.");
    }
  }
  let stream;
  try {
    stream = await decrypter.decrypt(chosen.payload.stream());
  } catch (error) {
    const other = /no identity matched/.test(error.message);
    throw new Refused(other ? "This key does not open it: the release is sealed to another one." : damaged(chosen.payload));
  }
  let tar;
  try {
    tar = await new Response(stream).blob();
  } catch {
    throw new Refused(damaged(chosen.payload));
  }
  return { tar, files: await checked(tar) };
}

/** The private keys to try: typed, in a file, or behind the passphrase. */
async function keys() {
  if (chosen.keys.length) return chosen.keys;
  if (!chosen.sealedKey) {
    const key = at("key").value.trim();
    if (key.startsWith("age1")) throw new Refused("That is your public key. The private one begins with AGE-SECRET-KEY-1; it is in the file that age-keygen made.");
    if (!key.toUpperCase().startsWith("AGE-SECRET-KEY-1")) throw new Refused("Give the private key (AGE-SECRET-KEY-1…). If the release came under a passphrase, choose identity.age as well.");
    return [key.toUpperCase()];
  }
  const words = at("words").value.trim();
  if (!words) throw new Refused("Type the passphrase that the owner told you.");
  const decrypter = new Decrypter();
  decrypter.addPassphrase(words);
  try {
    const text = await decrypter.decrypt(new Uint8Array(await chosen.sealedKey.arrayBuffer()), "text");
    return text.match(/^AGE-SECRET-KEY-1\w+$/gm) ?? [];
  } catch (error) {
    const wrong = /no identity matched/.test(error.message);
    throw new Refused(wrong ? "The passphrase is wrong. Its words are joined by hyphens, all in small letters." : damaged(chosen.sealedKey));
  }
}

function damaged(file) {
  return `“${file.name}” is damaged: it was changed or cut on its way. ${AGAIN}`;
}

/** The files of the tar, each compared with the list of hashes that travels inside. */
async function checked(tar) {
  const files = await unpacked(tar);
  const list = files.find((file) => file.name === LIST);
  if (!list) throw new Refused(`Inside the release, the list of its files is missing. ${AGAIN}`);
  const listed = JSON.parse(await list.content.text()).files;
  if (Object.keys(listed).length !== files.length - 1) throw new Refused(`Inside the release, files are missing or added. ${AGAIN}`);
  for (const { name, content } of files) {
    if (name === LIST) continue;
    const digest = sha256.create();
    for await (const block of content.stream()) digest.update(block);
    const entry = Object.hasOwn(listed, name) ? listed[name] : {};
    if (entry.bytes !== content.size || entry.sha256 !== bytesToHex(digest.digest())) {
      throw new Refused(`Inside the release, “${name}” is not what it was. ${AGAIN}`);
    }
  }
  return files;
}

async function unpacked(tar) {
  const files = [];
  let start = 0;
  for (;;) {
    const head = new Uint8Array(await tar.slice(start, start + BLOCK).arrayBuffer());
    if (head.length < BLOCK) throw new Refused(`What was inside is cut short. ${AGAIN}`);
    if (head.every((byte) => byte === 0)) return files;
    const text = (from, to) => new TextDecoder().decode(head.subarray(from, to)).split("\0", 1)[0];
    const [name, size] = [text(0, 100), Number.parseInt(text(124, 136), 8)];
    const plain = text(156, 157) === "0" && /^[\w][\w.-]*(\/[\w][\w.-]*)*$/.test(name) && !text(345, 500);
    if (!plain || !(size >= 0)) throw new Refused(`Inside the release is something that is no plain file. ${AGAIN}`);
    start += BLOCK;
    files.push({ name, content: tar.slice(start, start + size) });
    start += Math.ceil(size / BLOCK) * BLOCK;
  }
}

function offer({ tar, files }) {
  const items = files.map(({ name, content }) => {
    const [item, link, size] = ["li", "a", "span"].map((tag) => document.createElement(tag));
    save(link, content, name.split("/").pop());
    link.textContent = name;
    size.textContent = content.size < 1e4 ? `${content.size} bytes` : `${Math.round(content.size / 1e3).toLocaleString("en-GB")} kB`;
    item.append(link, size);
    return item;
  });
  at("list").replaceChildren(...items);
  save(at("all"), tar, chosen.payload.name.replace(/\.age$/, ""));
  at("words").value = at("key").value = "";
  at("result").hidden = false;
  say(`Opened: ${files.length} files, each as it is listed inside.`, "good");
}

function save(link, content, name) {
  if (link.href) URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(content);
  link.download = name;
}

function fail(error) {
  const known = error instanceof Refused;
  say(known ? error.message : "Something went wrong that this page does not know. Open the release with the program age: README_FIRST says how.", "bad");
}

function say(sentence, kind = "") {
  at("told").textContent = sentence;
  at("told").className = kind;
  at("told").hidden = !sentence;
}
