package dev.membership.domain.instance;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** An instance, as it is written. */
@Entity
@Table(name = "instance")
class Instance {
    @Id
    String id;

    String name;

    @Column(name = "created_at", updatable = false)
    Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    protected Instance() {}

    Instance(InstanceView view) {
        id = view.id();
        name = view.name();
        createdAt = view.createdAt();
        updatedAt = view.updatedAt();
    }
}
