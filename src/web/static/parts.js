// How many SMS a text becomes, as core/parts.c counts: GSM-7 where every character is in it, else UCS-2.
const one = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const two = "^{}\\[~]|€\f";
const septets = new Map([...one].map((c) => [c, 1]).concat([...two].map((c) => [c, 2])));

export function count(text) {
  const characters = [...text];
  const odd = characters.find((c) => !septets.has(c));
  const [alone, joined] = odd === undefined ? [160, 153] : [70, 67];
  let units = 0, parts = 1, used = 0;
  for (const c of characters) {
    const n = odd === undefined ? septets.get(c) : c.length;
    units += n;
    used += n;
    if (used > joined) {
      parts++;
      used = n;
    }
  }
  if (units <= alone) parts = 1;
  return {units, parts, perPart: parts === 1 ? alone : joined, odd};
}
