/** The outbox: every change, written with it. */
@NullMarked
package dev.membership.domain.event;

import org.jspecify.annotations.NullMarked;
