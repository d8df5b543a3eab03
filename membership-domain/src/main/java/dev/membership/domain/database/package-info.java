/** Plain SQL, and what entities and statements share. */
@NullMarked
package dev.membership.domain.database;

import org.jspecify.annotations.NullMarked;
