/** How the process connects to PostgreSQL, as far as settings do not say it. */
@NullMarked
package dev.membership.service.database;

import org.jspecify.annotations.NullMarked;
