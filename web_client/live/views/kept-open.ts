/** A card stays where it is while something is being written in it, whatever becomes of the list it is from. */
import { useState } from "preact/hooks";

export interface KeptOpen<V> {
  /** Those of now, and those in which somebody writes, each in its place. */
  readonly all: readonly V[];
  isOpen(one: V): boolean;
  /** No longer in the list: settled, or back. */
  isGone(one: V): boolean;
  open(one: V): void;
  close(one: V): void;
}

/** `now` is in the order of `inOrder`. */
export function keptOpen<V>(
  now: readonly V[],
  opened: readonly V[],
  idOf: (one: V) => string,
  inOrder: (a: V, b: V) => number,
): readonly V[] {
  const there = new Set(now.map(idOf));
  return [...now, ...opened.filter((one) => !there.has(idOf(one)))].sort(inOrder);
}

export function useKeptOpen<V>(
  now: readonly V[],
  idOf: (one: V) => string,
  inOrder: (a: V, b: V) => number,
): KeptOpen<V> {
  const [opened, setOpened] = useState<readonly V[]>([]);
  const without = (one: V) => opened.filter((each) => idOf(each) !== idOf(one));
  return {
    all: keptOpen(now, opened, idOf, inOrder),
    isOpen: (one) => opened.some((each) => idOf(each) === idOf(one)),
    isGone: (one) => !now.some((each) => idOf(each) === idOf(one)),
    open: (one) => setOpened([...without(one), one]),
    close: (one) => setOpened(without(one)),
  };
}
