uniform sampler2D uAtlas; // coverage of the glyphs
uniform sampler2D uPictures; // thumbnails, a cell each

const vec2 kCell = vec2(64.0, 48.0); // as in Thumbnail.cs

in vec2 vLocal;
flat in vec2 vSize;
flat in vec4 vShape;
flat in vec4 vColor;
out vec4 fColor; // premultiplied

void main()
{
    float coverage;
    if (vShape.w > 2.5)
    {
        // Within the middles of the cell's outermost texels, so that no neighbour shines through.
        vec2 texel = vShape.xy + clamp(vLocal / vSize * kCell, vec2(0.5), kCell - 0.5);
        vec4 picture = texture(uPictures, texel / vec2(textureSize(uPictures, 0)));
        fColor = vec4(picture.rgb, 1.0) * (picture.a * vColor.a);
        return;
    }

    if (vShape.w < 0.5)
    {
        coverage = texelFetch(uAtlas, ivec2(vShape.xy + vLocal), 0).r;
    }
    else if (vShape.w > 1.5)
    {
        // Distance to a diagonal whose round ends, and a pixel more, just fit into the quad.
        float inset = vShape.x + 1.0;
        vec2 a = vec2(inset, vShape.y > 0.5 ? vSize.y - inset : inset);
        vec2 b = vSize - a;
        vec2 along = b - a;
        float t = clamp(dot(vLocal - a, along) / max(dot(along, along), 1e-6), 0.0, 1.0);
        coverage = clamp(vShape.x + 0.5 - length(vLocal - a - t * along), 0.0, 1.0);
    }
    else
    {
        // Signed distance to a rounded rectangle, in pixels; a stroke keeps only its rim.
        vec2 q = abs(vLocal - 0.5 * vSize) - 0.5 * vSize + vShape.x;
        float away = length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - vShape.x;
        coverage = clamp(0.5 - away, 0.0, 1.0);
        if (vShape.y > 0.0)
        {
            coverage *= clamp(0.5 + away + vShape.y, 0.0, 1.0);
        }
    }

    fColor = vec4(vColor.rgb, 1.0) * (vColor.a * coverage);
}
