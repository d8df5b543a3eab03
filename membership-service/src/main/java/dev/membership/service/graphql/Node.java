package dev.membership.service.graphql;

/**
 * What a {@link Connection} has rows of. The type is needed because the schema's builder takes a type variable without a
 * bound for any object at all, before it looks what a subclass puts in its place.
 */
public abstract class Node {
    Node() {}
}
