/** What the service tells of itself, beyond what the framework does. */
@NullMarked
package dev.membership.service.metrics;

import org.jspecify.annotations.NullMarked;
