package dev.membership.domain.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.membership.domain.error.Refusal;
import dev.membership.domain.user.UserCommands.Fields;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class UserViewTest {
    private static final Instant THEN = Instant.EPOCH;
    private static final Instant NOW = THEN.plusSeconds(1);
    private static final UserView USER =
            UserView.of("user_1", fields(" ada ", "https://example.com/a.png"), THEN, THEN);

    @Test
    void absentStaysAndBlankRemoves() {
        UserView changed = USER.with(fields(null, ""), NOW);
        assertThat(changed.username()).isEqualTo("ada");
        assertThat(changed.hasImage()).isFalse();
        assertThat(changed.updatedAt()).isEqualTo(NOW);
        assertThat(changed.etag()).isNotEqualTo(USER.etag());
    }

    @Test
    void whatChangesNothingIsTheSameUser() {
        assertThat(USER.with(fields("ada", null), NOW)).isSameAs(USER);
    }

    @Test
    void refusesBlanksInNamesAndOtherAddressesThanHttp() {
        assertThat(catchThrowableOfType(Refusal.class, () -> USER.with(fields("a b", null), NOW))
                        .meta())
                .containsEntry("param_name", "username");
        assertThat(catchThrowableOfType(Refusal.class, () -> USER.with(fields(null, "javascript:alert(1)"), NOW))
                        .meta())
                .containsEntry("param_name", "image_url");
    }

    private static Fields fields(String username, String imageUrl) {
        return new Fields(null, username, null, null, null, null, imageUrl, null, null, null, null);
    }
}
