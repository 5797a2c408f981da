// A mask over the frame. The mask has a lower resolution than the screen, so its border is found
// between texels: the four around a fragment, with their bilinear weights, give a field that is
// positive inside and negative outside, and its gradient turns it into a signed distance in screen
// pixels.
//
// The program defines which of its parts are compiled:
//   PROBABILITY  1: the mask holds a probability, 0: classes
//   LINES        0: no contours, 1: by the field's distance, 2: by the texels around

uniform sampler2D uMask; // one byte a texel: class index or probability
uniform sampler2D uPalette; // 256 x 1, straight alpha
uniform float uThreshold; // probability from which a pixel counts as inside
uniform vec2 uPixelsPerTexel; // screen pixels to a texel of the mask
uniform float uLineWidth; // contour, screen pixels
uniform float uFill; // opacity of the area
uniform float uContour; // opacity of the contour

in vec2 vPosition;
out vec4 fColor; // premultiplied

const float FAR = 1e6;

float valueAt(ivec2 texel, ivec2 last)
{
    return texelFetch(uMask, clamp(texel, ivec2(0), last), 0).r;
}

vec4 paletteAt(float value)
{
    return texelFetch(uPalette, ivec2(int(value * 255.0 + 0.5), 0), 0);
}

// Whether two texels lie on different sides of the border.
bool differ(float a, float b)
{
#if PROBABILITY
    return (a >= uThreshold) != (b >= uThreshold);
#else
    return abs(a - b) > 0.5 / 255.0;
#endif
}

void main()
{
    ivec2 size = textureSize(uMask, 0);
    ivec2 last = size - 1;
    vec2 position = vPosition * vec2(size) - 0.5;
    ivec2 corner = ivec2(floor(position));
    vec2 f = position - vec2(corner);
    vec4 value = vec4(
        valueAt(corner, last), valueAt(corner + ivec2(1, 0), last),
        valueAt(corner + ivec2(0, 1), last), valueAt(corner + ivec2(1, 1), last));
    vec4 weight = vec4(
        (1.0 - f.x) * (1.0 - f.y), f.x * (1.0 - f.y), (1.0 - f.x) * f.y, f.x * f.y);

    // Most of a mask is background: leave it before the work begins.
#if LINES != 2
#if PROBABILITY
    if (max(max(value.x, value.y), max(value.z, value.w)) < 0.5 * uThreshold)
    {
        discard;
    }
#else
    if (value == value.xxxx && paletteAt(value.x).a == 0.0)
    {
        discard;
    }
#endif
#endif

    vec4 inner;
    vec4 outer;
    vec4 field; // its value at each corner
#if PROBABILITY
    field = value - uThreshold;
    inner = paletteAt(1.0 / 255.0);
    outer = vec4(inner.rgb, 0.0);
#else
    // Each corner votes for its class with its weight; the field is the winner's lead.
    vec4 votes = vec4(
        dot(weight, vec4(equal(value, value.xxxx))),
        dot(weight, vec4(equal(value, value.yyyy))),
        dot(weight, vec4(equal(value, value.zzzz))),
        dot(weight, vec4(equal(value, value.wwww))));
    float most = max(max(votes.x, votes.y), max(votes.z, votes.w));
    float here = votes.x == most ? value.x
        : votes.y == most ? value.y
        : votes.z == most ? value.z : value.w;
    vec4 rest = votes * vec4(notEqual(value, vec4(here)));
    float second = max(max(rest.x, rest.y), max(rest.z, rest.w));
    float other = second == 0.0 ? here
        : rest.x == second ? value.x
        : rest.y == second ? value.y
        : rest.z == second ? value.z : value.w;
    field = vec4(equal(value, vec4(here)));
    field -= second == 0.0 ? vec4(0.0) : vec4(equal(value, vec4(other)));
    inner = paletteAt(here);
    outer = paletteAt(other);
#endif

    float lead = dot(weight, field);
    vec4 alongX = vec4(f.y - 1.0, 1.0 - f.y, -f.y, f.y);
    vec4 alongY = vec4(f.x - 1.0, -f.x, 1.0 - f.x, f.x);
    float slope = length(vec2(dot(alongX, field), dot(alongY, field)) / uPixelsPerTexel);
    float away = slope > 1e-6 ? lead / slope : sign(lead) * FAR;

    // Half a pixel either side of the border is a mixture of both sides.
    vec4 fill = mix(outer, inner, clamp(0.5 + away, 0.0, 1.0));
    fColor = vec4(fill.rgb * fill.a, fill.a) * uFill;

#if LINES == 1
    float line = clamp(0.5 * uLineWidth + 0.5 - abs(away), 0.0, 1.0);
#elif LINES == 2
    // The field knows distances up to half a texel. Where a line is wider than that, whether the
    // other side is within half a line's width is asked of the texels around.
    float line = 0.0;
    vec2 reach = 0.5 * (uLineWidth + 1.0) / uPixelsPerTexel;
    vec2 centre = position + 0.5;
    float middle = valueAt(ivec2(floor(centre)), last);
    for (int i = 0; i < 8; i++)
    {
        float angle = float(i) * 0.78539816;
        vec2 around = centre + reach * vec2(cos(angle), sin(angle));
        float there = valueAt(ivec2(floor(around)), last);
        if (differ(middle, there))
        {
            line = 1.0;
#if !PROBABILITY
            outer = paletteAt(there);
#endif
        }
    }
#endif

#if LINES
    // A line belongs to the side that is drawn: the background has no colour of its own.
    vec4 edge = inner.a >= outer.a ? inner : outer;
    float alpha = line * uContour * step(1e-6, edge.a);
    fColor = fColor * (1.0 - alpha) + vec4(edge.rgb, 1.0) * alpha;
#endif
}
