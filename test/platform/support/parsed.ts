/** A part of an answer, as the test knows it to be. */
export function parsed<Shape>(value: unknown): Shape {
  return value as Shape;
}
