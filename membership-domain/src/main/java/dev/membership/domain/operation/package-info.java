/** What every use case goes through: permission to call, transaction, repetition, refusals of the database. */
@NullMarked
package dev.membership.domain.operation;

import org.jspecify.annotations.NullMarked;
