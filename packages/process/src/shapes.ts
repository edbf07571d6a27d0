/**
 * How the objects look of which there are most among the messages and entries of a process: the keys of
 * each, in the order in which they are made. At most 32.
 *
 * They are a help for whoever encodes: what has such a shape takes fewer bytes, and is read much
 * quicker. An object of any other shape, or with the same keys in another order, travels as well.
 */
export type Shapes = readonly (readonly string[])[]
