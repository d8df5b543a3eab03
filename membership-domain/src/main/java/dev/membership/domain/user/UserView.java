package dev.membership.domain.user;

import dev.membership.domain.database.Etag;
import dev.membership.domain.database.Row;
import dev.membership.domain.input.Input;
import dev.membership.domain.user.UserCommands.Fields;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A user as it is read.
 *
 * @param createOrganizationsLimit null: the default; 0: no limit
 */
@RegisterForReflection
public record UserView(
        String id,
        @Nullable String externalId,
        @Nullable String username,
        @Nullable String firstName,
        @Nullable String lastName,
        @Nullable String emailAddress,
        @Nullable String phoneNumber,
        @Nullable String imageUrl,
        boolean banned,
        boolean createOrganizationEnabled,
        @Nullable Integer createOrganizationsLimit,
        @Nullable Instant lastActiveAt,
        Instant createdAt,
        Instant updatedAt,
        long version) {

    /** What a statement selects for {@link #read}, with {@code u} for the user. */
    static final String COLUMNS = """
            u.id, u.external_id, u.username, u.first_name, u.last_name, u.email_address, u.phone_number, u.image_url, \
            u.banned, u.create_organization_enabled, u.create_organizations_limit, u.last_active_at, \
            u.created_at, u.updated_at, u.version""";

    private static final int NAME_LENGTH = 256;
    private static final Pattern USERNAME = Pattern.compile("\\S+");
    private static final Pattern ADDRESS = Pattern.compile("https?://\\S+", Pattern.CASE_INSENSITIVE);

    static UserView read(Row row) throws SQLException {
        return new UserView(
                row.text(),
                row.textOrNull(),
                row.textOrNull(),
                row.textOrNull(),
                row.textOrNull(),
                row.textOrNull(),
                row.textOrNull(),
                row.textOrNull(),
                row.flag(),
                row.flag(),
                row.integerOrNull(),
                row.instantOrNull(),
                row.instant(),
                row.instant(),
                row.number());
    }

    /** A user that is yet to be written. */
    static UserView of(String id, Fields fields, Instant createdAt, Instant at) {
        return new UserView(id, null, null, null, null, null, null, null, false, true, null, null, createdAt, at, 0)
                .laidOver(fields, at, 0);
    }

    public String etag() {
        return Etag.of(version, updatedAt);
    }

    public boolean hasImage() {
        return imageUrl != null;
    }

    /** The user after a change; this very one if it changes nothing. */
    UserView with(Fields fields, Instant at) {
        return laidOver(fields, updatedAt, version).equals(this) ? this : laidOver(fields, at, version + 1);
    }

    private UserView laidOver(Fields fields, Instant at, long newVersion) {
        return new UserView(
                id,
                text(fields.externalId(), externalId, value -> Input.optional("external_id", value, 255)),
                text(fields.username(), username, UserView::username),
                text(fields.firstName(), firstName, value -> Input.optional("first_name", value, NAME_LENGTH)),
                text(fields.lastName(), lastName, value -> Input.optional("last_name", value, NAME_LENGTH)),
                text(fields.emailAddress(), emailAddress, value -> Input.email("email_address", value)),
                text(fields.phoneNumber(), phoneNumber, value -> Input.phone("phone_number", value)),
                text(fields.imageUrl(), imageUrl, UserView::address),
                fields.banned() == null ? banned : fields.banned(),
                fields.createOrganizationEnabled() == null
                        ? createOrganizationEnabled
                        : fields.createOrganizationEnabled(),
                fields.createOrganizationsLimit() == null
                        ? createOrganizationsLimit
                        : Integer.valueOf(
                                Input.atLeast("create_organizations_limit", fields.createOrganizationsLimit(), 0)),
                Optional.ofNullable(Input.time("last_active_at", fields.lastActiveAt()))
                        .map(time -> time.truncatedTo(ChronoUnit.MICROS))
                        .orElse(lastActiveAt),
                createdAt,
                at,
                newVersion);
    }

    private static @Nullable String text(
            @Nullable String given, @Nullable String present, UnaryOperator<@Nullable String> checked) {
        return given == null ? present : checked.apply(given);
    }

    private static @Nullable String username(@Nullable String given) {
        String text = Input.optional("username", given, 64);
        return text == null ? null : Input.matching("username", text, USERNAME, "a name without blanks");
    }

    private static @Nullable String address(@Nullable String given) {
        String text = Input.optional("image_url", given, 2048);
        return text == null ? null : Input.matching("image_url", text, ADDRESS, "an address that begins with https://");
    }
}
