// Points as text `longitude,latitude`; a line or an area is one point a line.

export type Point = [lon: number, lat: number];

export function pointOf(text: string): Point | null {
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*[,\uff0c\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text);
  if (!match) return null;
  const [lon, lat] = [Number(match[1]), Number(match[2])];
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : null;
}

/** Points of a stored or typed line; null as soon as one cannot be read. */
export function pointsOf(text: string): Point[] | null {
  const parts = text.split(/[;\uff1b\n]+/).filter((part) => part.trim());
  const points = parts.map(pointOf);
  return points.includes(null) ? null : (points as Point[]);
}

export function pointText([lon, lat]: Point): string {
  return `${lon.toFixed(6)},${lat.toFixed(6)}`;
}

/** How a line or an area is stored: points parted by a semicolon. */
export function shapeText(points: Point[]): string {
  return points.map(pointText).join(";");
}

/** The points fitted in a box of `size`, north up, with the east-west narrowing of the place. */
export function fitted(points: Point[], size: number, margin = 10): Point[] {
  const narrow = Math.cos(((points[0]?.[1] ?? 0) * Math.PI) / 180);
  const flat = points.map(([lon, lat]): Point => [lon * narrow, -lat]);
  const xs = flat.map(([x]) => x);
  const ys = flat.map(([, y]) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const span = Math.max(Math.max(...xs) - left, Math.max(...ys) - top) || 1;
  const scale = (size - 2 * margin) / span;
  return flat.map(([x, y]): Point => [margin + (x - left) * scale, margin + (y - top) * scale]);
}

/** Where this device is, in the form of a point field, with how exact it is in metres. */
export function whereIAm(): Promise<{ text: string; metres: number }> {
  return new Promise((found, failed) => {
    if (!("geolocation" in navigator) || !window.isSecureContext) return failed(new Error("insecure"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => found({ text: pointText([coords.longitude, coords.latitude]), metres: Math.round(coords.accuracy) }),
      (error) => failed(new Error(error.code === error.PERMISSION_DENIED ? "denied" : "lost")),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 },
    );
  });
}
