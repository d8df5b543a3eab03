/** How the process connects to PostgreSQL. */
@NullMarked
package dev.membership.service.database;

import org.jspecify.annotations.NullMarked;
