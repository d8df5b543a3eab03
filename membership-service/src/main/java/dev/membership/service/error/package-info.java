/** What callers are told when something fails, before a door puts it into its own form. */
@NullMarked
package dev.membership.service.error;

import org.jspecify.annotations.NullMarked;
